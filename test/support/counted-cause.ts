import type { AppRig, AppRigOptions } from './app-rig.js';
import { scrape } from './series-moved.js';

/** Why a call was refused, failed, waited or went elsewhere, and the series that move for it. */
export interface CountedCause {
  readonly cause: string;
  readonly options: AppRigOptions;
  /** What comes before, and does not count. */
  readonly given?: (rig: AppRig) => Promise<unknown>;
  readonly when: (rig: AppRig) => Promise<unknown>;
  readonly moves: Readonly<Record<string, number>>;
}

const SHORT = { deadline: '1s', firstTry: '300ms', documentsDeadline: '4s', documentsFirstTry: '3s' };

/** Polls that never come between what a test does. */
export const QUIET = { interval: '1h', timeout: '1s', offlineAfter: 2, onlineAfter: 1 };

/** One server that is not polled again, short limits for creates. */
export const ONE = { servers: 1, settings: { create: SHORT, poll: QUIET } };

/** Two of them. */
export const TWO = { ...ONE, servers: 2 };

/** One server that is polled each second. */
export const POLLED = { servers: 1, settings: { create: SHORT } };

/** Two servers that are not polled again, the first with a tag of its own; time enough to ask one twice. */
export const PATIENT = {
  servers: [{ tags: ['first'] }, {}],
  settings: { create: { deadline: '4s', firstTry: '300ms' }, poll: QUIET },
};

/** Whether a poll has shown a meeting on the server. */
export async function hasPolledMeetings({ app }: AppRig, id: string): Promise<boolean> {
  return ((await scrape(app)).get(`server_meetings{server="${id}"}`) ?? 0) > 0;
}

/** Whether the server is in that health. */
export async function hasHealth({ app }: AppRig, id: string, health: string): Promise<boolean> {
  return (await scrape(app)).get(`server_health{server="${id}",state="${health}"}`) === 1;
}
