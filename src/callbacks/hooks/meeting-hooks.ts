import type { Logger } from '../../log.js';
import type { HookDirectory } from './hook-directory.js';
import type { SetTimer } from '../unref-timer.js';

export interface MeetingHooksDeps {
  readonly hooks: Pick<HookDirectory, 'list' | 'removeOfMeeting'>;
  /** Whether the meeting runs, or was created anew. */
  readonly isKnown: (tenantId: string, meetingId: string) => boolean;
  /** Runs `fn` once after `ms`; the returned function cancels it. */
  readonly setTimer: SetTimer;
  /** ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** A server that lives tells of the end within this, however often it has to try. */
const PATIENCE_MS = 600_000;

/** A front end makes a hook right before its meeting. */
const MADE_AHEAD_MS = 24 * 3_600_000;

/** Forgets the hooks of single meetings whose end no server has told, since it died: a tenant may have only so many. */
export class MeetingHooks {
  readonly #deps: MeetingHooksDeps;
  readonly #cancels = new Set<() => void>();
  readonly #removing = new Set<Promise<void>>();

  constructor(deps: MeetingHooksDeps) {
    this.#deps = deps;
  }

  /** At a start: looks for hooks of meetings that ended while nobody was there to forget them. */
  takeUp(tenantIds: readonly string[]): void {
    const { hooks, isKnown, now } = this.#deps;
    for (const tenantId of tenantIds) {
      const old = hooks.list(tenantId).filter(({ createdAt }) => createdAt < now() - MADE_AHEAD_MS);
      for (const meetingId of new Set(old.map((hook) => hook.meetingId))) {
        if (meetingId !== undefined && !isKnown(tenantId, meetingId)) this.ended({ tenantId, meetingId });
      }
    }
  }

  /** A session is over, whoever said so. */
  ended({ tenantId, meetingId }: { readonly tenantId: string; readonly meetingId: string }): void {
    const { hooks, isKnown, setTimer, logger } = this.#deps;
    if (!hooks.list(tenantId, meetingId).some((hook) => hook.meetingId === meetingId)) return;
    const cancel = setTimer(() => {
      this.#cancels.delete(cancel);
      if (isKnown(tenantId, meetingId)) return;
      const removing = hooks
        .removeOfMeeting(tenantId, meetingId)
        .catch((error: unknown) => {
          logger.warn('hooks of a meeting that has ended could not be removed', { meetingId, error });
        })
        .finally(() => this.#removing.delete(removing));
      this.#removing.add(removing);
    }, PATIENCE_MS);
    this.#cancels.add(cancel);
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    await Promise.all(this.#removing);
  }
}
