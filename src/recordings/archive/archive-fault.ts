/**
 * What is wrong with a recording that is to be imported. `bad-archive`, `too-large`, `damaged`: the archive's own fault,
 * the same next time. `disk-full`, `busy`: may pass. `wrong-offset`: a piece that does not continue what is there.
 */
export type ArchiveFaultKind =
  'bad-archive' | 'too-large' | 'damaged' | 'disk-full' | 'busy' | 'wrong-offset';

/** A recording cannot be taken; the message is one sentence for whoever sent it. */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';

  constructor(
    readonly kind: ArchiveFaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when the same bytes would fail again. */
  get isFinal(): boolean {
    return this.kind === 'bad-archive' || this.kind === 'too-large' || this.kind === 'damaged';
  }
}
