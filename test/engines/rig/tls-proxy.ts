import { connect } from 'node:net';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../install/run-command.js';
import { EngineProcess } from './engine-process.js';
import { requireEngine } from './engine-server.js';
import { freeLoopbackPort } from './loopback-port.js';

const DEPLOY = new URL('../../../deploy/', import.meta.url);
const TLS = fileURLToPath(new URL('../../support/tls/', import.meta.url));
const CHECK_TIMEOUT_MS = 30_000;

/** A proxy that runs on one of the examples in deploy/. */
export interface TlsProxy {
  readonly port: number;
  /** What its own tool said about the configuration. */
  readonly verdict: string;
  stop(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly port: number;
  /** `host:port` of Ballast. */
  readonly target: string;
  readonly published?: string | undefined;
}

interface Kind {
  readonly engine: 'nginx' | 'caddy';
  /** The example with ports and certificate of this machine. Throws when the example has changed so that it cannot. */
  readonly configure: (example: string, place: Place) => string;
  readonly file: string;
  readonly check: (file: string, folder: string) => readonly string[];
  readonly run: (file: string, folder: string) => readonly string[];
}

const KINDS: Readonly<Record<'nginx.conf' | 'Caddyfile', Kind>> = {
  'nginx.conf': {
    engine: 'nginx',
    file: 'nginx.conf',
    configure: (example, { folder, port, target, published }) => {
      const server = swap(example, [
        ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`],
        ['    listen [::]:443 ssl http2;\n', ''],
        ['/etc/letsencrypt/live/bbb.example.org/fullchain.pem', `${TLS}cert.pem`],
        ['/etc/letsencrypt/live/bbb.example.org/privkey.pem', `${TLS}key.pem`],
        ['server 127.0.0.1:8080;', `server ${target};`],
        ...(published === undefined
          ? []
          : [['/var/lib/ballast/data/recordings/published/', `${published}/`] as const]),
      ]);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      return [
        ...['daemon off;', 'master_process off;', `pid ${folder}/pid;`, 'error_log stderr warn;'],
        ...['events {}', 'http {', 'access_log off;', ...temporary, server, '}'],
      ].join('\n');
    },
    check: (file, folder) => ['-t', '-p', folder, '-c', file],
    run: (file, folder) => ['-p', folder, '-c', file],
  },
  Caddyfile: {
    engine: 'caddy',
    file: 'Caddyfile',
    configure: (example, { port, target }) => {
      const site = swap(example, [
        [
          'bbb.example.org {\n',
          `https://bbb.example.org:${port} {\n\tbind 127.0.0.1\n\ttls ${TLS}cert.pem ${TLS}key.pem\n`,
        ],
        ['reverse_proxy 127.0.0.1:8080', `reverse_proxy ${target}`],
      ]);
      return `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`;
    },
    check: (file) => ['validate', '--adapter', 'caddyfile', '--config', file],
    run: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
};

/**
 * Checks the example by the proxy's own tool, then runs it in front of Ballast at `target` (`host:port`). `published`:
 * the folder of Ballast's recordings that it sends itself.
 */
export async function startTlsProxy(
  example: keyof typeof KINDS,
  target: string,
  published?: string,
): Promise<TlsProxy> {
  const { engine, configure, file: name, check, run } = KINDS[example];
  const { path } = await requireEngine(engine);
  const folder = await mkdtemp(join(tmpdir(), `ballast-${engine}-`));
  const port = await freeLoopbackPort();
  const file = join(folder, name);
  const env = { XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') };
  await mkdir(join(folder, 'data'));
  await writeFile(
    file,
    configure(await readFile(new URL(example, DEPLOY), 'utf8'), { folder, port, target, published }),
  );
  const verdict = await runCommand({
    ...{ command: path, args: check(file, folder), cwd: folder, env },
    timeoutMs: CHECK_TIMEOUT_MS,
  });
  const child = new EngineProcess({ name: engine, path, args: run(file, folder), cwd: folder, env });
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await child.ready(async () => isListening(port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, verdict, stop };
}

/** Replaces each text wherever it stands. Throws when one is not there: the example has changed. */
function swap(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((at, [from, to]) => {
    if (!at.includes(from)) throw new Error(`the example no longer has ${JSON.stringify(from)}`);
    return at.replaceAll(from, to);
  }, text);
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
