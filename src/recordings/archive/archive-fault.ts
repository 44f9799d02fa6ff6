/**
 * What is wrong with a recording that is to be imported. `bad-archive`, `too-large`, `damaged`: the archive's own fault,
 * the same next time. `gone`: its tar is no longer there. `disk-full`, `busy`: may pass. `wrong-offset`: a piece that does
 * not continue what is there. `ambiguous`: a name that several failed imports have.
 */
export type ArchiveFaultKind =
  'bad-archive' | 'too-large' | 'damaged' | 'gone' | 'disk-full' | 'busy' | 'wrong-offset' | 'ambiguous';

const FINAL: readonly ArchiveFaultKind[] = ['bad-archive', 'too-large', 'damaged', 'gone'];

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
    return FINAL.includes(this.kind);
  }
}
