import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Pool } from 'undici';
import { certificateConnector } from './certificate-connector.js';
import type { ServerAddress } from './server-address.js';

/** A server's connections, and what is needed to write its request targets. */
export interface Upstream {
  readonly pool: Pool;
  readonly pathPrefix: string;
  readonly isHttps: boolean;
  /** Set once an answer came through this pool: from then on a connection may be a kept one. */
  hasAnswered: boolean;
}

interface SharedPool {
  pool: Pool;
  /** By the clock that only goes forward, ms. */
  openedAt: number;
  readonly open: () => Pool;
  readonly certificate: Certificate;
  readonly users: Set<string>;
}

/** What the newest TLS connection showed; ms since 1970. */
interface Certificate {
  expiresAt: number | undefined;
}

interface Entry {
  readonly url: string;
  readonly allowInsecureTls: boolean;
  readonly key: string;
  readonly upstream: Upstream;
}

// Polls come every 10 s by default and must not pay a handshake each. BBB's nginx keeps connections for longer than
// this, and undici obeys a shorter Keep-Alive hint.
const KEEP_ALIVE_MS = 15_000;
/** Unless told otherwise. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Polls keep a connection alive for ever, and only a new one shows a certificate that was renewed. */
const CONNECTION_LIFE_MS = 24 * 3_600_000;

/** One undici pool per origin and TLS rule, shared by servers that have both in common. */
export class UpstreamPools {
  readonly #entries = new Map<string, Entry>();
  readonly #pools = new Map<string, SharedPool>();
  readonly #closing = new Set<Promise<void>>();
  readonly #connections: number;
  readonly #ca: string[] | undefined;
  readonly #connectTimeoutMs: number;
  readonly #connectionLifeMs: number;

  /** `extraCa` is PEM text or the path of a PEM file, trusted besides the usual roots; throws if it cannot be read. */
  constructor(
    connections: number,
    extraCa: string | undefined,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    connectionLifeMs = CONNECTION_LIFE_MS,
  ) {
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#connectionLifeMs = connectionLifeMs;
    this.#connections = connections;
    this.#ca = extraCa === undefined ? undefined : [...rootCertificates, readPem(extraCa)];
  }

  /** The connections of a server; a server whose URL or TLS rule changed gets new ones. */
  of(server: ServerAddress): Upstream {
    const known = this.#entries.get(server.id);
    if (known?.url === server.url && known.allowInsecureTls === server.allowInsecureTls) {
      if (known.upstream.isHttps) this.#renew(known.key);
      return known.upstream;
    }
    if (known !== undefined) this.forget(server.id);
    const url = new URL(server.url);
    const key = `${url.origin} ${server.allowInsecureTls}`;
    const shared = this.#pools.get(key) ?? this.#open(url.origin, server);
    shared.users.add(server.id);
    this.#pools.set(key, shared);
    const upstream: Upstream = {
      get pool() {
        return shared.pool;
      },
      pathPrefix: url.pathname.replace(/\/+$/, ''),
      isHttps: url.protocol === 'https:',
      hasAnswered: false,
    };
    const { url: text, allowInsecureTls } = server;
    this.#entries.set(server.id, { url: text, allowInsecureTls, key, upstream });
    return upstream;
  }

  /** When the certificate that the server showed last ends, ms since 1970; `undefined` without TLS or before a connection. */
  certificateExpiryOf(serverId: string): number | undefined {
    return this.#pools.get(this.#entries.get(serverId)?.key ?? '')?.certificate.expiresAt;
  }

  /** Lets a server's connections end after what is under way, unless another server shares them. */
  forget(serverId: string): void {
    const entry = this.#entries.get(serverId);
    if (entry === undefined) return;
    this.#entries.delete(serverId);
    const shared = this.#pools.get(entry.key);
    shared?.users.delete(serverId);
    if (shared === undefined || shared.users.size > 0) return;
    this.#pools.delete(entry.key);
    this.#close(shared.pool);
  }

  /** Waits for the calls under way, then closes every connection. */
  async close(): Promise<void> {
    for (const serverId of [...this.#entries.keys()]) this.forget(serverId);
    await Promise.all(this.#closing);
  }

  /** Lets connections that are old end after what is under way; calls from now on go over new ones. */
  #renew(key: string): void {
    const shared = this.#pools.get(key);
    if (shared === undefined || performance.now() - shared.openedAt <= this.#connectionLifeMs) return;
    this.#close(shared.pool);
    shared.pool = shared.open();
    shared.openedAt = performance.now();
  }

  #close(pool: Pool): void {
    const closed = pool.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #open(origin: string, server: ServerAddress): SharedPool {
    const certificate: Certificate = { expiresAt: undefined };
    const options = {
      timeout: this.#connectTimeoutMs,
      rejectUnauthorized: !server.allowInsecureTls,
      ...(this.#ca === undefined ? {} : { ca: this.#ca }),
    };
    const open = (): Pool =>
      new Pool(origin, {
        connections: this.#connections,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        // Each call has one time limit for everything, kept by the Exchange.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: certificateConnector(options, (expiresAt) => {
          certificate.expiresAt = expiresAt;
        }),
      });
    return { pool: open(), openedAt: performance.now(), open, certificate, users: new Set<string>() };
  }
}

function readPem(pemOrPath: string): string {
  return pemOrPath.includes('-----BEGIN') ? pemOrPath : readFileSync(pemOrPath, 'utf8');
}
