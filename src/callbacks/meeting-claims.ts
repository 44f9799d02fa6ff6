/** BBB makes the IDs of breakout rooms, the external ones as well: of a parent, whose callbacks they inherit. */
const BREAKOUT_ID = /^[0-9a-f]{40}-\d{1,20}$/;

/** An internal meeting ID as BBB makes it is `<sha1>-<ms>`; other makers of recordings may have others. */
const RECORD_ID = /^[A-Za-z0-9._-]{1,256}$/;

/** Whether an ID that a server names is that of this meeting, or of a breakout room of some meeting. */
export function isOwnMeeting(given: string, scopedId: string): boolean {
  return given === scopedId || BREAKOUT_ID.test(given);
}

/** Whether a text may be the ID of a recording, which is the internal ID of its meeting. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}
