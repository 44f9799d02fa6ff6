import type { Config } from './config.js';
import {
  byteSize,
  duration,
  flag,
  httpUrl,
  oneOf,
  optional,
  setting,
  text,
  urlPath,
} from './setting-kinds.js';
import type { SettingTree } from './setting.js';

type RecordingSettings = Pick<Config, 'callbacks' | 'recordings'>;

const YEARS_MS = 10_000 * 86_400_000;

/** What is told to front ends on its own account, and where recordings are kept. */
export const recordingSettings: SettingTree<RecordingSettings> = {
  callbacks: {
    allowPrivateTargets: setting('callbacks.allowPrivateTargets', flag(), {
      doc: 'Let callback URLs point at private and loopback addresses.',
      fallback: false,
    }),
    serverHooks: setting('callbacks.serverHooks', flag(), {
      doc: "Register a webhook on each server (its package bbb-webhooks), for front ends' `hooks/create` and to hear of ends and joins at once.",
      fallback: true,
    }),
  },
  recordings: {
    mode: setting('recordings.mode', oneOf(['index', 'archive']), {
      doc: '`index`: recordings stay on the servers that made them; `archive`: servers send them to Ballast, which keeps and serves them.',
      fallback: 'index',
    }),
    refreshMs: setting('recordings.refresh', duration(1000, '60s'), {
      doc: 'How often servers are asked for new recordings (`index`).',
      fallback: '60s',
    }),
    playbackUrl: optional('recordings.playbackUrl', httpUrl('https://recordings.example.org'), {
      doc: 'Put in the place of scheme and host of playback links; by default those of the server, in `archive` those of `publicUrl`.',
    }),
    directory: setting('recordings.directory', text('the path of a folder'), {
      doc: 'Where the archive is kept; a relative path starts at the working directory.',
      fallback: './data/recordings',
    }),
    spool: optional('recordings.spool', text('the path of a folder'), {
      doc: "Folder in which the servers' Scalelite scripts leave their tars; they are imported and removed (`archive`).",
    }),
    keepForMs: optional('recordings.keepFor', duration(3_600_000, '365d', YEARS_MS), {
      doc: "After this a recording is deleted from the archive, counted from the meeting's end; a tenant may have its own. By default never.",
    }),
    maxImportBytes: setting('recordings.maxImportSize', byteSize(1024, '20GiB'), {
      doc: 'Larger imports are refused, packed or unpacked.',
      fallback: '20GiB',
    }),
    protect: setting('recordings.protect', flag(), {
      doc: 'New recordings of the archive open only through signed links.',
      fallback: false,
    }),
    linkLifetimeMs: setting('recordings.linkLifetime', duration(1000, '1h'), {
      doc: 'How long such a link works.',
      fallback: '1h',
    }),
    cookieLifetimeMs: setting('recordings.cookieLifetime', duration(1000, '6h'), {
      doc: 'How long a browser may play what it has opened through one.',
      fallback: '6h',
    }),
    accelRedirect: optional('recordings.accelRedirect', urlPath('/ballast-recordings'), {
      doc: 'nginx in front sends the files itself: the prefix of its internal location (`X-Accel-Redirect`).',
    }),
  },
};
