import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, RunningBallast } from '../../system/running-ballast.js';
import { newMeetingId } from '../../support/app-rig.js';

/** One create of the load. */
export interface LoadedCreate {
  readonly meetingId: string;
  /** ms since 1970 when it was sent. */
  readonly at: number;
  /** ms; with a time-out or a broken connection, until that. */
  readonly tookMs: number;
  /** What went wrong; `undefined` for SUCCESS. */
  readonly failure: string | undefined;
}

const ONE_PERSON = { 'meta_bbb-meeting-size-hint': 1 };

/** Creates new meetings of one person each at a steady rate, whether or not the ones before were answered, until it is stopped. */
export class CreateLoad {
  readonly #ballast: RunningBallast;
  readonly #everyMs: number;
  readonly #done: LoadedCreate[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;

  constructor(ballast: RunningBallast, perSecond: number) {
    this.#ballast = ballast;
    this.#everyMs = 1_000 / perSecond;
    this.#loop = this.#run();
  }

  /** Those answered so far. */
  get done(): readonly LoadedCreate[] {
    return this.#done;
  }

  /** Sends no more, and resolves with all of them once the last is answered. */
  async stop(): Promise<readonly LoadedCreate[]> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all(this.#underWay);
    return this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const startedAt = performance.now();
    for (let sent = 0; !signal.aborted; sent++) {
      const waitMs = startedAt + sent * this.#everyMs - performance.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      const create = this.#create().finally(() => this.#underWay.delete(create));
      this.#underWay.add(create);
    }
  }

  async #create(): Promise<void> {
    const meetingId = newMeetingId();
    const at = Date.now();
    const from = performance.now();
    const failure = await this.#ballast.tryCreate(meetingId, ONE_PERSON).then(failureOf, String);
    this.#done.push({ meetingId, at, tookMs: performance.now() - from, failure });
  }
}

function failureOf({ returnCode, status, text }: Answer): string | undefined {
  return returnCode === 'SUCCESS' ? undefined : `${status} ${text.slice(0, 200)}`;
}

/** The time that this part of the creates took at most, ms. */
export function quantile(creates: readonly LoadedCreate[], part: number): number {
  const sorted = creates.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
