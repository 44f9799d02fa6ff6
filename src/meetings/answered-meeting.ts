import type { BbbAnswer } from '../bbb/bbb-answer.js';
import { readElement } from '../bbb/read-answer.js';

/** What a SUCCESS answer to create says about the meeting; `undefined` for any other answer. */
export function answeredMeeting(
  answer: BbbAnswer,
): { readonly internalMeetingId: string | undefined; readonly createTime: number | undefined } | undefined {
  if (answer.returnCode !== 'SUCCESS') return undefined;
  const createTime = Number(readElement(answer.body, 'createTime') ?? NaN);
  return {
    internalMeetingId: readElement(answer.body, 'internalMeetingID'),
    createTime: Number.isSafeInteger(createTime) && createTime > 0 ? createTime : undefined,
  };
}
