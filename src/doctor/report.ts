import type { UpstreamCause } from '../bbb/upstream-error.js';
import type { AdminState } from '../pool/server.js';

/** ok · note: worth knowing, nothing to do at once · fault: wrong, someone must act. */
export type CheckState = 'ok' | 'note' | 'fault';

/** The parts that are looked at besides the servers. */
export type ThingName = 'configuration' | 'store' | 'archive' | 'source' | 'balancer';

/** One thing found, with what to do about it. */
export interface Finding {
  readonly severity: 'fault' | 'note';
  readonly about: ThingName | 'server';
  /** With `about: server`. */
  readonly serverId?: string | undefined;
  /** One sentence: what is wrong, and where. */
  readonly message: string;
  /** What to do about it; empty where the message says so already. */
  readonly advice: string;
}

/** How one part is, in a few words. */
export interface ThingCheck {
  readonly name: ThingName;
  readonly state: CheckState;
  readonly summary: string;
  /** Of the engine behind it, where it tells. */
  readonly version?: string | undefined;
  readonly answerMs?: number | undefined;
}

/** How one server answers and what is known of its host; what could not be found out is absent. */
export interface ServerCheck {
  readonly id: string;
  readonly url: string;
  readonly adminState: AdminState;
  readonly state: CheckState;
  /** It answered as a BigBlueButton server does, also when it refused our secret. */
  readonly isReachable: boolean;
  /** Why it gave no usable answer. */
  readonly failure?: UpstreamCause | undefined;
  readonly answerMs?: number | undefined;
  readonly isSecretRight?: boolean | undefined;
  /** Absent as well where its administrator does not reveal it. */
  readonly bbbVersion?: string | undefined;
  readonly apiVersion?: string | undefined;
  /** Its clock minus ours. */
  readonly clockSkewSeconds?: number | undefined;
  /** Of its newest sample. */
  readonly sampleAgeSeconds?: number | undefined;
  readonly matchedBy?: 'server' | 'host' | undefined;
}

/** What is known of one server's samples, wherever they were read. */
export interface SampleCheck {
  /** Of the newest one; absent when there is none. */
  readonly ageMs: number | undefined;
  readonly hasCpu: boolean;
  readonly hasMemory: boolean;
  readonly matchedBy?: 'server' | 'host' | undefined;
}

/** Everything `ballast doctor` found. */
export interface DoctorReport {
  /** Nothing is wrong; notes may be there. */
  readonly isHealthy: boolean;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** Of Ballast. */
  readonly version: string;
  readonly things: readonly ThingCheck[];
  readonly servers: readonly ServerCheck[];
  /** Tags that samples carry and no server has: `server=x`, `host=y`. */
  readonly strangers: readonly string[];
  /** Faults first. */
  readonly findings: readonly Finding[];
}

/** The worst of what was found about a part. */
export function stateOf(findings: readonly Finding[]): CheckState {
  if (findings.some(({ severity }) => severity === 'fault')) return 'fault';
  return findings.length > 0 ? 'note' : 'ok';
}
