import { adminTokens } from './admin-tokens.js';
import type { Config } from './config.js';
import { flag, httpUrl, listOf, oneOf, optional, setting, storeUrl } from './setting-kinds.js';
import { text, trustedProxies, whole } from './setting-kinds.js';
import type { SettingTree } from './setting.js';

type AccessConfig = Pick<
  Config,
  'listen' | 'adminListen' | 'publicUrl' | 'trustProxy' | 'store' | 'secrets' | 'checksum' | 'admin'
>;

const host = text('a host name or an address');
const port = whole(0, 65535);

/** Where Ballast listens, where it keeps its state, and who may call it. */
export const accessSettings: SettingTree<AccessConfig> = {
  listen: {
    host: setting('listen.host', host, {
      doc: 'Address of the BBB API, and of everything else unless `adminListen` is set.',
      fallback: '127.0.0.1',
    }),
    port: setting('listen.port', port, { doc: 'Its port; 0 takes a free one.', fallback: 8080 }),
  },
  adminListen: {
    type: 'group',
    members: {
      host: setting('adminListen.host', host, {
        doc: 'When set, `/admin`, `/metrics` and `/api/v2/write` answer only on this address.',
        fallback: '127.0.0.1',
      }),
      port: setting('adminListen.port', port, {
        doc: 'Its port; 0 takes a free one. Without any `adminListen` key there is one listener.',
        fallback: 8081,
      }),
    },
  },
  publicUrl: optional('publicUrl', httpUrl('https://bbb.example.org'), {
    doc: 'How front ends and servers reach Ballast; used in callback URLs.',
  }),
  trustProxy: setting('trustProxy', trustedProxies(), {
    doc: 'Which proxies in front may say who the client is (`X-Forwarded-For`), as Express takes it.',
    fallback: 'loopback',
  }),
  store: setting('store', storeUrl(), {
    doc: 'Where the state is kept; a relative path starts at the working directory.',
    fallback: 'sqlite:./data/ballast.db',
    isSecret: true,
  }),
  secrets: setting('secrets', listOf(text('a secret'), 1), {
    doc: 'Secrets of the default tenant, the ones front ends sign with; several for rollover, the first signs answers.',
    required: 'at least one secret is needed: `ballast init` writes a configuration with a fresh one',
    isSecret: true,
  }),
  checksum: {
    algorithms: setting('checksum.algorithms', listOf(oneOf(['sha1', 'sha256', 'sha384', 'sha512']), 1), {
      doc: 'Hash algorithms accepted in checksums of front ends.',
      fallback: ['sha1', 'sha256', 'sha384', 'sha512'],
    }),
    failuresPerMinute: setting('checksum.failuresPerMinute', whole(1, 1_000_000), {
      doc: 'Wrong checksums a client address may send in a minute; further wrong ones are refused unread, valid calls never.',
      fallback: 120,
    }),
    allowUnsignedForms: setting('checksum.allowUnsignedForms', flag(), {
      doc: 'Accept form bodies that their checksum does not cover, as some front ends send them for recording calls.',
      fallback: false,
    }),
  },
  admin: {
    tokens: setting('admin.tokens', adminTokens(), {
      doc: 'Bearer tokens of the admin API: list of `{ name, token, scope }`, scope `read`, `operate`, `admin`, or `import` for servers that send recordings.',
      fallback: [],
      isSecret: true,
    }),
  },
};
