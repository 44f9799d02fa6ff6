import type { SimContext, Failure } from './sim-call.js';
import type { SimMeeting } from '../state/sim-meeting.js';
import type { Parameters } from '../parameters.js';

/** bbb-web keeps violations in a hash map and reports the first in its iteration order: this one. */
const REPORT_ORDER = [
  'unsupportedContentType',
  'missingParamFullName',
  'meetingForciblyEnded',
  'invalidPassword',
  'notFound',
  'invalidMeetingIdentifier',
  'validationError',
  'missingParamMeetingID',
];

/** The one of several violations that bbb-web reports. */
export function reported(violations: readonly (Failure | undefined)[]): Failure | undefined {
  const found = violations.filter((violation) => violation !== undefined);
  const rank = ({ key }: Failure): number =>
    (REPORT_ORDER.indexOf(key) + REPORT_ORDER.length + 1) % (REPORT_ORDER.length + 1);
  return found.sort((left, right) => rank(left) - rank(right))[0];
}

/** What is wrong with the meeting ID itself. */
export function meetingIdViolation(parameters: Parameters): Failure | undefined {
  const id = parameters.text('meetingID');
  if (id === '') return { key: 'missingParamMeetingID', text: 'You must provide a meeting ID' };
  const invalid = (text: string): Failure => ({ key: 'validationError', text });
  if (id.length < 2 || id.length > 256) return invalid('Meeting ID must be between 2 and 256 characters');
  return id.includes(',') ? invalid("Meeting ID cannot contain ','") : undefined;
}

/** What is wrong with a password, where one is given. */
export function passwordViolation(password: string | undefined): Failure | undefined {
  if (password === undefined || password === '' || (password.length >= 2 && password.length <= 64))
    return undefined;
  return { key: 'invalidPassword', text: 'Passwords must be between 2 and 64 character in length' };
}

/** What is wrong with a parameter that must be true or false, where it is given. */
export function booleanViolation(parameters: Parameters, name: string, text: string): Failure | undefined {
  const value = parameters.text(name).toLowerCase();
  return ['', 'true', 'false'].includes(value) ? undefined : { key: 'validationError', text };
}

/** The meeting a call is about, or why there is none. */
export function findMeeting(
  parameters: Parameters,
  context: SimContext,
): { readonly meeting: SimMeeting } | { readonly failure: Failure } {
  const meeting = context.meetings.find(parameters.text('meetingID'));
  const failure = reported([
    meetingIdViolation(parameters),
    meeting ? undefined : { key: 'notFound', text: 'A meeting with that ID does not exist' },
  ]);
  return meeting && !failure
    ? { meeting }
    : { failure: failure ?? { key: 'notFound', text: 'A meeting with that ID does not exist' } };
}
