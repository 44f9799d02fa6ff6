import type { PolicyName } from '../policy-names.js';

/** The whole configuration, checked and frozen. Durations are milliseconds, ratios 0 to 1. */
export interface Config {
  readonly listen: Listen;
  readonly adminListen: Listen | undefined;
  readonly publicUrl: string | undefined;
  /** `loopback`, a list of addresses or networks, `true`, `false` or a number of hops, as Express takes it. */
  readonly trustProxy: string | boolean | number;
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  readonly store: string;
  readonly secrets: readonly string[];
  readonly checksum: {
    readonly algorithms: readonly ChecksumAlgorithm[];
    readonly failuresPerMinute: number;
    readonly allowUnsignedForms: boolean;
  };
  readonly admin: { readonly tokens: readonly AdminToken[] };
  readonly poll: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly offlineAfter: number;
    readonly onlineAfter: number;
    readonly concurrency: number;
  };
  readonly create: {
    readonly deadlineMs: number;
    readonly firstTryMs: number;
    readonly documentsDeadlineMs: number;
    readonly documentsFirstTryMs: number;
    readonly retryableKeys: readonly string[];
  };
  readonly metrics: {
    readonly source: 'influxdb' | 'influxql' | 'prometheus' | 'ingest' | 'none';
    readonly windowMs: number;
    readonly refreshMs: number;
    readonly maxAgeMs: number;
    readonly influxdb:
      | { readonly url: string; readonly token: string; readonly org: string; readonly bucket: string }
      | undefined;
    readonly influxql:
      | {
          readonly url: string;
          readonly database: string;
          readonly username: string | undefined;
          readonly password: string | undefined;
          readonly token: string | undefined;
        }
      | undefined;
    readonly prometheus: { readonly url: string; readonly token: string | undefined } | undefined;
    readonly ingest: { readonly tokens: readonly string[] };
  };
  readonly placement: {
    readonly policy: PolicyName;
    readonly tolerance: number;
    readonly rampMs: number;
    readonly defaultMeetingSize: number;
    readonly defaultMeetingDurationMs: number;
    readonly whenFull: 'least-bad' | 'refuse';
    readonly spareTag: string;
    /** By tag: the part of new meetings its servers get at most. */
    readonly shares: Readonly<Record<string, number>>;
    readonly limits: { readonly cpu: number; readonly memory: number; readonly network: number };
  };
  readonly callbacks: {
    readonly allowPrivateTargets: boolean;
    /** Register a webhook of its own on each server. */
    readonly serverHooks: boolean;
  };
  readonly recordings: RecordingConfig;
  /** PEM file of extra certificate authorities for calls to the servers. */
  readonly tls: { readonly caFile: string | undefined };
  readonly body: {
    readonly maxBytes: number;
    readonly spoolBytes: number;
    readonly spoolDirectory: string | undefined;
  };
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly format: 'json' | 'text' };
}

/** Where recordings are kept and how they are shown. */
export interface RecordingConfig {
  /** index: they stay on the servers that made them; archive: Ballast keeps them itself. */
  readonly mode: 'index' | 'archive';
  readonly refreshMs: number;
  /** Put in the place of scheme and host of playback links. */
  readonly playbackUrl: string | undefined;
  /** Of the archive. */
  readonly directory: string;
  /** Folder in which Scalelite's senders leave their tars. */
  readonly spool: string | undefined;
  /** After this a recording is deleted; `undefined`: never. */
  readonly keepForMs: number | undefined;
  readonly maxImportBytes: number;
  /** Whether new recordings are protected. */
  readonly protect: boolean;
  readonly linkLifetimeMs: number;
  readonly cookieLifetimeMs: number;
  /** Prefix of nginx's internal location. */
  readonly accelRedirect: string | undefined;
}

export type ChecksumAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export type AdminScope = 'read' | 'operate' | 'admin' | 'import';

export interface AdminToken {
  readonly name: string;
  readonly token: string;
  readonly scope: AdminScope;
}
