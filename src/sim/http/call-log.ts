/** One request as the simulated server got it. */
export interface LoggedCall {
  readonly call: string;
  readonly method: string;
  /** Raw, checksum included. */
  readonly query: string;
  readonly meetingId: string | undefined;
  readonly contentType: string | undefined;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  /** The server's clock, ms since 1970. */
  readonly at: number;
}

/** What was asked of a simulated server: all of it counted, the last thousand requests kept. */
export class CallLog {
  static readonly #KEPT = 1_000;
  readonly #counts = new Map<string, number>();
  readonly #creates = new Map<string, number>();
  #last: LoggedCall[] = [];

  /** Adds a request. */
  add(entry: LoggedCall): void {
    this.#counts.set(entry.call, this.count(entry.call) + 1);
    if (entry.call === 'create' && entry.meetingId !== undefined) {
      this.#creates.set(entry.meetingId, this.creates(entry.meetingId) + 1);
    }
    this.#last.push(entry);
    if (this.#last.length >= 2 * CallLog.#KEPT) this.#last = this.#last.slice(-CallLog.#KEPT);
  }

  /** How often a call arrived, signed rightly or not. */
  count(call: string): number {
    return this.#counts.get(call) ?? 0;
  }

  /** How often a create of this meeting ID arrived. */
  creates(meetingId: string): number {
    return this.#creates.get(meetingId) ?? 0;
  }

  /** All counts, by call. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** The last requests, oldest first, of one call or of all. */
  requests(call?: string): readonly LoggedCall[] {
    return this.#last.slice(-CallLog.#KEPT).filter((entry) => call === undefined || entry.call === call);
  }

  /** Forgets everything. */
  clear(): void {
    this.#counts.clear();
    this.#creates.clear();
    this.#last = [];
  }
}
