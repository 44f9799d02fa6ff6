import type { BbbAnswer } from '../bbb/bbb-answer.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import { type Expectation, wholeAttendees } from '../placement/learning/room-habits.js';
import { answeredMeeting } from './answered-meeting.js';
import { checkTenantLimits } from './check-tenant-limits.js';
import type { ClaimDeps } from './claim-deps.js';
import { createRequest, type CreateCommand, type CreateResult } from './create-command.js';
import { goesOn } from './cut-create.js';
import { explain, type Journey, recordOf, resumed } from './journey.js';
import { callServer } from './meeting-client.js';
import type { Meeting, Orphan } from './meeting.js';
import type { MoveCause } from './placement-observer.js';
import { changedMeanwhile, noServer, notInTime, RefusedCreate } from './refused-create.js';
import { requestRejected } from './server-gone.js';

/** A try with less time than this left would fail on a healthy server too. */
const SHORTEST_TRY_MS = 250;

/**
 * Claims a server for a meeting and creates it there; while servers fail, moves the claim down the ranking. At each
 * instant the claim names the one server the meeting is wanted on, and every server that may hold another copy has an
 * orphan note, so that a crash at any point leaves nothing unknown.
 */
export class ClaimServer {
  readonly #deps: ClaimDeps;
  #isPolled = false;

  constructor(deps: ClaimDeps) {
    this.#deps = deps;
    void deps.firstPoll.then(() => {
      this.#isPolled = true;
    });
  }

  /**
   * `previous`: the meeting's row where it is placed anew (for `moveCause`), or was claimed by a create that was cut.
   * Throws RefusedCreate.
   */
  async place(
    previous: Meeting | undefined,
    command: CreateCommand,
    deadline: number,
    moveCause?: MoveCause,
  ): Promise<CreateResult> {
    const journey: Journey = {
      command,
      expectation: this.#expect(command),
      previous,
      moveCause,
      retries: [],
      excluded: new Set(),
      isResumed: false,
      claim: undefined,
      decision: undefined,
    };
    if (!this.#isPolled) await this.#firstPolls();
    const { limits, now } = this.#deps;
    if (previous === undefined) checkTenantLimits(this.#deps, command);
    else {
      const isResumed = goesOn(this.#deps, previous, Math.min(limits.firstTryMs, deadline - now()));
      journey.isResumed = typeof isResumed === 'boolean' ? isResumed : await isResumed;
      if (!journey.isResumed) journey.excluded.add(previous.serverId);
    }
    try {
      return await this.#walk(journey, deadline);
    } catch (error) {
      await this.#giveBack(journey);
      throw error;
    }
  }

  async #firstPolls(): Promise<void> {
    const startedAt = performance.now();
    await this.#deps.firstPoll;
    this.#deps.observer.waited('first-polls', (performance.now() - startedAt) / 1000);
  }

  async #walk(journey: Journey, deadline: number): Promise<CreateResult> {
    const { limits, now, pool } = this.#deps;
    const firstTryMs = journey.command.hasDocuments ? limits.documentsFirstTryMs : limits.firstTryMs;
    for (;;) {
      const serverId = await this.#claimNext(journey);
      const server = serverId === undefined ? undefined : pool.server(serverId);
      if (serverId === undefined || server === undefined) throw this.#refuse(journey, 'no-server');
      const remainingMs = deadline - now();
      if (remainingMs < SHORTEST_TRY_MS) {
        explain(journey, (reason) => `no time was left for another try; next was ${reason}`);
        throw this.#refuse(journey, 'no-time');
      }
      try {
        const request = createRequest(journey.command, Math.min(firstTryMs, remainingMs));
        const answer = await callServer(this.#deps, server, request);
        if (answer.returnCode === 'SUCCESS') return await this.#succeed(journey, serverId, answer);
        const key = answer.messageKey ?? '';
        if (!limits.retryableKeys.includes(key)) return await this.#relayFailed(journey, serverId, answer);
        this.#note(journey, serverId, key);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.reason === 'rejected') throw new RefusedCreate('rejected', requestRejected(error));
        if (error.mayHaveArrived) await this.#noteOrphan(journey, serverId, 'timeout');
        this.#note(journey, serverId, error.reason);
      }
    }
  }

  /** Decides and claims in one tick: the next placement already counts this claim. */
  async #claimNext(journey: Journey): Promise<string | undefined> {
    const { command, previous } = journey;
    const decision = this.#deps.placer.decide({
      expectation: journey.expectation,
      policy: command.tenant.policy,
      requiredTags: command.requiredTags,
      preferredTag: command.preferredTag,
      excluded: journey.excluded,
    });
    const isResumed = journey.isResumed && journey.claim === undefined && previous !== undefined;
    const serverId = isResumed ? previous.serverId : decision.ranking[0];
    journey.decision = isResumed ? resumed(decision, previous.serverId) : decision;
    if (serverId === undefined) return undefined;
    const from = journey.claim ?? previous;
    if (from === undefined) return this.#claimFirst(journey, serverId);
    const wasRunningElsewhere = previous?.state === 'running' && serverId !== previous.serverId;
    const moved: Meeting = {
      ...from,
      serverId,
      state: 'claimed',
      claimedAt: this.#deps.now(),
      expectedAttendees: wholeAttendees(journey.expectation),
      internalMeetingId: undefined,
      createTime: undefined,
      wasMoved: from.wasMoved || wasRunningElsewhere,
      endRequestedAt: undefined,
    };
    // A cut create that went on and failed leaves its server as late as now.
    const leftId = journey.claim === undefined || journey.isResumed ? previous?.serverId : undefined;
    const orphan =
      leftId !== undefined && serverId !== leftId ? this.#orphan(journey, leftId, 'moved') : undefined;
    if (!(await this.#deps.directory.update(from, moved, orphan))) throw changedMeanwhile();
    journey.claim = moved;
    return serverId;
  }

  async #claimFirst(journey: Journey, serverId: string): Promise<string> {
    const { command } = journey;
    const claim: Meeting = {
      tenantId: command.tenant.id,
      meetingId: command.meetingId,
      scopedId: command.scopedId,
      serverId,
      state: 'claimed',
      expectedAttendees: wholeAttendees(journey.expectation),
      claimedAt: this.#deps.now(),
      internalMeetingId: undefined,
      createTime: undefined,
      wasMoved: false,
      endRequestedAt: undefined,
    };
    const outcome = await this.#deps.directory.claim(claim);
    journey.claim = outcome.meeting;
    // Another balancer was first: its server takes this create as well, BBB makes it a repeat, and the row stays its own.
    if (!outcome.won) journey.previous = outcome.meeting;
    return outcome.meeting.serverId;
  }

  async #succeed(journey: Journey, serverId: string, answer: BbbAnswer): Promise<CreateResult> {
    const { directory, pool } = this.#deps;
    const { scopedId } = journey.command;
    // Read afresh: an `end` may have been noted on the row. A panic has closed it, and its note ends this copy.
    const current = directory.byScopedId(scopedId);
    if (current?.serverId !== serverId) throw changedMeanwhile();
    const running: Meeting = { ...current, state: 'running', ...answeredMeeting(answer) };
    if (!(await directory.update(current, running))) throw changedMeanwhile();
    await directory.removeOrphan(serverId, scopedId);
    pool.markChanged(serverId);
    this.#record(journey, serverId);
    const { previous, moveCause } = journey;
    if (previous !== undefined && moveCause !== undefined) {
      this.#deps.observer.moved(previous.serverId, moveCause);
    }
    return { answer, serverId };
  }

  /** The server said no to this very create: the front end hears it, and the ID is free again. */
  async #relayFailed(journey: Journey, serverId: string, answer: BbbAnswer): Promise<CreateResult> {
    await this.#giveBack(journey);
    const said = answer.messageKey === undefined ? 'FAILED' : `FAILED (${answer.messageKey})`;
    explain(journey, (reason) => `${serverId} said ${said}, and so it was answered; chosen was ${reason}`);
    this.#record(journey, undefined);
    this.#deps.observer.failed('relayed');
    return { answer, serverId };
  }

  #expect({ tenant, meetingId, size }: CreateCommand): Expectation {
    return this.#deps.habits.expect({ tenantId: tenant.id, meetingId, at: this.#deps.now(), ...size });
  }

  #note(journey: Journey, serverId: string, cause: string): void {
    journey.retries.push({ serverId, cause });
    journey.excluded.add(serverId);
    this.#deps.observer.retried(serverId, cause);
    this.#deps.logger.warn('create failed on a server, trying another', {
      serverId,
      cause,
      tenantId: journey.command.tenant.id,
      meetingId: journey.command.meetingId,
    });
  }

  async #noteOrphan(journey: Journey, serverId: string, cause: Orphan['cause']): Promise<void> {
    const orphan = this.#orphan(journey, serverId, cause);
    if (orphan !== undefined) await this.#deps.directory.noteOrphan(orphan);
  }

  /** The note of a copy there; `undefined` when the server has left the pool. */
  #orphan({ command }: Journey, serverId: string, cause: Orphan['cause']): Orphan | undefined {
    if (this.#deps.pool.server(serverId) === undefined) return undefined;
    return { serverId, scopedId: command.scopedId, notedAt: this.#deps.now(), cause };
  }

  /** Undoes the claim: a meeting that ran before is again where it was, a new ID is free. */
  async #giveBack({ claim, previous, command }: Journey): Promise<void> {
    const { directory } = this.#deps;
    const current = directory.byScopedId(command.scopedId);
    if (claim === undefined || current?.serverId !== claim.serverId) return;
    if (previous === undefined) {
      await directory.close(current);
      return;
    }
    if (await directory.update(current, previous)) {
      await directory.removeOrphan(previous.serverId, previous.scopedId);
    }
  }

  #refuse(journey: Journey, why: 'no-server' | 'no-time'): RefusedCreate {
    this.#record(journey, undefined);
    const reason = journey.retries.length > 0 ? 'servers-failed' : why;
    if (reason !== 'no-server') return notInTime(reason);
    for (const { id, verdict, rank } of journey.decision?.candidates ?? []) {
      if (rank === undefined) this.#deps.observer.passedOver(id, verdict);
    }
    return noServer();
  }

  #record(journey: Journey, serverId: string | undefined): void {
    const { now, placer } = this.#deps;
    const { command, decision } = journey;
    if (decision === undefined) return;
    const policy = command.tenant.policy ?? placer.options.policy;
    if (serverId !== undefined) this.#deps.observer.placed(serverId, decision.reason);
    this.#deps.journal.record(recordOf(journey, decision, { serverId, at: now(), policy }));
  }
}
