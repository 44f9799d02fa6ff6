/** Every reason why something written to the ingest is not taken. */
export const INGEST_REJECTIONS = [
  'line',
  'no-host',
  'future',
  'unauthorized',
  'precision',
  'encoding',
  'too-large',
  'unreadable',
] as const;

/**
 * Why something is not taken. Of single lines: line, it cannot be read · no-host, it has no tag server or host · future, its time
 * is ahead of ours. Of whole writes, which a client sends again or drops: unauthorized · precision · encoding · too-large ·
 * unreadable, it broke off or is no gzip.
 */
export type IngestRejection = (typeof INGEST_REJECTIONS)[number];

/** What became of one write. */
export interface IngestEvent {
  /** Lines read, whatever became of them. */
  readonly lines: number;
  readonly rejected: ReadonlyMap<IngestRejection, number>;
}

/** Counts what becomes of one write. */
export class IngestTally implements IngestEvent {
  lines = 0;
  readonly #rejected = new Map<IngestRejection, number>();

  get rejected(): ReadonlyMap<IngestRejection, number> {
    return this.#rejected;
  }

  reject(reason: IngestRejection): void {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }
}
