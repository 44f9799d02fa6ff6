/** What a create says about the size of its meeting. */
export interface SizeHints {
  /** `meta_bbb-meeting-size-hint`: people enrolled (Moodle sends it). */
  readonly sizeHint: string | undefined;
  /** `maxParticipants`; 0 is unlimited. */
  readonly maxParticipants: string | undefined;
}

/** BBB's own advice ends far below; a larger hint is a mistake or an attempt to keep a server for oneself. */
const LARGEST_HINT = 500;

/**
 * People to expect in a new meeting: the hint where there is one, else `defaultSize`; never more than maxParticipants
 * lets in. Hints that are no whole number of at least 1 count as absent.
 */
export function expectedAttendees(hints: SizeHints, defaultSize: number): number {
  const hint = wholeNumber(hints.sizeHint);
  const most = wholeNumber(hints.maxParticipants) ?? LARGEST_HINT;
  return Math.min(hint ?? defaultSize, most, LARGEST_HINT);
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text.trim())) return undefined;
  const number = Number(text);
  return number > 0 ? number : undefined;
}
