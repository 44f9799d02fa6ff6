import { percentEncode } from '../bbb/percent.js';

/** A front end's `meta_endCallbackUrl` with what BBB adds to it, in BBB's order; its own query stays as it was given. */
export function endUrl(url: string, recordingMarks: boolean, meetingId: string): string {
  const trimmed = url.trim();
  const hashAt = trimmed.indexOf('#');
  const whole = hashAt < 0 ? trimmed : trimmed.slice(0, hashAt);
  const separator = !whole.includes('?') ? '?' : /[?&]$/.test(whole) ? '' : '&';
  return `${whole}${separator}recordingmarks=${String(recordingMarks)}&meetingID=${percentEncode(meetingId)}`;
}
