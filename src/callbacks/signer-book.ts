import type { Signer } from './signed-claims.js';

/** Servers that left are remembered up to this many, the last ones. */
const LEFT_KEPT = 1_000;

/**
 * Whose secrets may sign: the servers of the pool, and those that left it while this process runs. Recordings are finished
 * hours after their meeting, when the server may have been taken out already.
 */
export class SignerBook {
  readonly #servers: () => readonly Signer[];
  /** By ID, the one noted longest ago first. */
  readonly #noted = new Map<string, Signer>();

  /** `servers`: those of the pool, as of now. */
  constructor(servers: () => readonly Signer[]) {
    this.#servers = servers;
  }

  /** A server of the pool has answered with its secret; to be told again when that changes. */
  note({ id, secret }: Signer): void {
    this.#noted.delete(id);
    this.#noted.set(id, { id, secret });
    for (const [oldest] of this.#noted) {
      if (this.#noted.size <= LEFT_KEPT) return;
      this.#noted.delete(oldest);
    }
  }

  /** The likely one first, then the pool, then those that left. A server of the pool has its present secret only. */
  signers(likelyId: string | undefined): readonly Signer[] {
    const pooled = this.#servers().map(({ id, secret }) => ({ id, secret }));
    const ids = new Set(pooled.map(({ id }) => id));
    const left = [...this.#noted.values()].filter(({ id }) => !ids.has(id));
    return [
      ...pooled.filter(({ id }) => id === likelyId),
      ...pooled.filter(({ id }) => id !== likelyId),
      ...left,
    ];
  }
}
