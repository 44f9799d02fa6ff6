/** What a create says about the size of its meeting, as whole numbers of at least 1; `undefined` where it says nothing. */
export interface SizeHints {
  /** `meta_bbb-meeting-size-hint`: people enrolled (Moodle sends it). At most 500. */
  readonly sizeHint: number | undefined;
  /** `maxParticipants`; 0 is unlimited and counts as absent. */
  readonly maxAttendees: number | undefined;
}

/** BBB's own advice ends far below; a larger hint is a mistake or an attempt to keep a server for oneself. */
const LARGEST_HINT = 500;

/** Reads the two parameters of a create; what is no whole number of at least 1 counts as absent. */
export function sizeHints(given: {
  readonly sizeHint: string | undefined;
  readonly maxParticipants: string | undefined;
}): SizeHints {
  const sizeHint = wholeNumber(given.sizeHint);
  return {
    sizeHint: sizeHint === undefined ? undefined : Math.min(sizeHint, LARGEST_HINT),
    maxAttendees: wholeNumber(given.maxParticipants),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text.trim())) return undefined;
  const number = Number(text);
  return number > 0 ? number : undefined;
}
