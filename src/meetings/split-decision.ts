/** One of two copies of the same meeting. */
export interface MeetingCopy {
  readonly attendees: number;
  /** The copy that Ballast sends joins to. */
  readonly isMapped: boolean;
  /** BBB's createTime in ms. */
  readonly createTime: number | undefined;
}

/**
 * Which copy of a split meeting stays: the fuller one; among equals the one that joins are sent to; else the older.
 * So a copy with people in it is never ended while the other is empty. Returns 0 or 1.
 */
export function keptCopy(copies: readonly [MeetingCopy, MeetingCopy]): 0 | 1 {
  const [first, second] = copies;
  if (first.attendees !== second.attendees) return first.attendees > second.attendees ? 0 : 1;
  if (first.isMapped !== second.isMapped) return first.isMapped ? 0 : 1;
  return (first.createTime ?? Infinity) <= (second.createTime ?? Infinity) ? 0 : 1;
}
