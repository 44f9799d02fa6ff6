import type { Signer } from './signed-claims.js';

/** As long as the token of analytics is good, and longer than recordings of a day take to be finished. */
const LEFT_COUNTS_MS = 24 * 3_600_000;
/** Servers that left are remembered up to this many, the last ones. */
const LEFT_KEPT = 1_000;

export interface SignerBookDeps {
  /** Those of the pool, as of now. */
  readonly servers: () => readonly Signer[];
  /** ms since 1970. */
  readonly now: () => number;
}

interface LeftSigner extends Signer {
  readonly until: number;
}

/**
 * Whose secrets may sign: the servers of the pool, and for a day those that answered a poll and left it since, as recordings
 * are finished hours after their meeting. In memory only: a restart ends the day, and no secret of a removed server is kept
 * on disk.
 */
export class SignerBook {
  readonly #deps: SignerBookDeps;
  /** By ID: secrets that servers of the pool have answered to. */
  readonly #noted = new Map<string, Signer>();
  /** By ID, the one that left first comes first. */
  readonly #left = new Map<string, LeftSigner>();

  constructor(deps: SignerBookDeps) {
    this.#deps = deps;
  }

  /** Servers that left and are remembered. */
  get leftCount(): number {
    return this.#left.size;
  }

  /** A server has answered with this secret; nothing happens where the pool has no such server any more. */
  note({ id, secret }: Signer): void {
    // The server may have left, or got another secret, since the poll began.
    if (!this.#deps.servers().some((server) => server.id === id && server.secret === secret)) return;
    this.#noted.set(id, { id, secret });
    this.#left.delete(id);
  }

  /** A server has left the pool: its day begins. Else it begins when somebody first asks. */
  left(id: string): void {
    const signer = this.#noted.get(id);
    if (signer === undefined) return;
    this.#noted.delete(id);
    this.#left.delete(id);
    this.#left.set(id, { ...signer, until: this.#deps.now() + LEFT_COUNTS_MS });
    this.#forgetOld();
  }

  /** The likely one first, then the pool, then those that left. A server of the pool has its present secret only. */
  signers(likelyId: string | undefined): readonly Signer[] {
    const pooled = this.#deps.servers().map(({ id, secret }) => ({ id, secret }));
    const ids = new Set(pooled.map(({ id }) => id));
    // No secret stops to count between the pool and `left`, however long that takes or whether it ever comes.
    for (const id of this.#noted.keys()) if (!ids.has(id)) this.left(id);
    this.#forgetOld();
    const left = [...this.#left.values()].filter(({ id }) => !ids.has(id));
    return [
      ...pooled.filter(({ id }) => id === likelyId),
      ...pooled.filter(({ id }) => id !== likelyId),
      ...left.map(({ id, secret }) => ({ id, secret })),
    ];
  }

  #forgetOld(): void {
    const now = this.#deps.now();
    for (const [id, { until }] of this.#left) if (until <= now) this.#left.delete(id);
    for (const [oldest] of this.#left) {
      if (this.#left.size <= LEFT_KEPT) return;
      this.#left.delete(oldest);
    }
  }
}
