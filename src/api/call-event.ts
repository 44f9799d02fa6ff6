import type { CallOutcome } from './call-definition.js';

/** One answered BBB API call, for whoever counts. */
export interface ApiCallEvent {
  /** `other` for names no call has. */
  readonly call: string;
  readonly outcome: CallOutcome;
  readonly seconds: number;
  /** `undefined` where none was found: an unknown call, host or path. Whether the checksum was right `outcome` tells. */
  readonly tenantId: string | undefined;
  /** Of a FAILED answer; a server may have written anything. */
  readonly messageKey: string | undefined;
  /** Answered from an older poll, since a server did not answer in time. */
  readonly isStale: boolean;
}
