import { request } from 'undici';
import {
  type BallastProcess,
  FRONT_SECRET,
  makeSite,
  SERVER_SECRET,
  startBallast,
} from './ballast-process.js';
import { signCall } from './reference/signed-call.js';
import { startReference } from './reference/start-reference.js';

/** Four canned servers with Ballast in front; a fifth outside the pool, asked directly and through a bare proxy. */
export interface SmallPool {
  readonly ballast: BallastProcess;
  /** Base URL of the fifth server. */
  readonly direct: string;
  readonly bareProxy: string;
  stop(): Promise<void>;
}

/** Starts the pool; each server has `meetings` of ten attendees, and so has each meeting created later. */
export async function startSmallPool(meetings: number): Promise<SmallPool> {
  const canned = await startReference('canned-bbb', {
    ...{ servers: 5, secret: SERVER_SECRET, meetings, attendees: 10 },
  });
  // What is created directly on a server of the pool, Ballast would have to adopt.
  const direct = canned.urls[4] ?? '';
  const proxy = await startReference('bare-proxy', {
    ...{ target: direct, frontSecret: FRONT_SECRET, serverSecret: SERVER_SECRET },
  });
  const site = await makeSite(canned.urls.slice(0, 4));
  const stopAll = async (): Promise<void> => {
    await Promise.all([canned.stop(), proxy.stop()]);
    await site.remove();
  };
  try {
    const ballast = await startBallast(site, { apply: true });
    return {
      ballast,
      direct,
      bareProxy: proxy.urls[0] ?? '',
      stop: async () => {
        await ballast.stop();
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Path and signed query of a call. */
export function callPath(call: string, query: string, secret = FRONT_SECRET): string {
  return `/bigbluebutton/api/${call}?${signCall(call, query, secret)}`;
}

/** Creates a meeting; throws unless the answer is SUCCESS. Resolves with the milliseconds it took. */
export async function create(url: string, meetingId: string, secret = FRONT_SECRET): Promise<number> {
  const query = `name=Bench+${meetingId}&meetingID=${meetingId}&attendeePW=ap&moderatorPW=mp&record=false`;
  const startedAt = performance.now();
  const response = await request(url + callPath('create', query, secret));
  const body = await response.body.text();
  const tookMs = performance.now() - startedAt;
  if (!body.includes('<returncode>SUCCESS</returncode>')) throw new Error(`create ${meetingId}: ${body}`);
  return tookMs;
}

/** Ends a meeting; throws unless the answer is SUCCESS. */
export async function end(url: string, meetingId: string, secret = FRONT_SECRET): Promise<void> {
  const response = await request(url + callPath('end', `meetingID=${meetingId}&password=mp`, secret));
  const body = await response.body.text();
  if (!body.includes('<returncode>SUCCESS</returncode>')) throw new Error(`end ${meetingId}: ${body}`);
}

/** Runs `task` for 0 … count−1 with at most `width` under way. */
export async function inFlight(
  count: number,
  width: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}
