import { READY_SLOTS, type ReadySlot } from './callback-slots.js';
import type { NewCallback } from './callback.js';
import { scopedOf, type CallbackTarget } from './callback-target.js';
import type { CallbackTargets } from './callback-targets.js';
import { isOwnMeeting, isRecordId } from './meeting-claims.js';
import type { AddOutcome } from './outbox.js';
import type { SignedClaims } from './signed-claims.js';
import type { UrlRestorer } from './url-restorer.js';

/**
 * A server tells once a format, with the same words: within this time it is one callback. A recording that was rebuilt
 * later is told of again. Part of the key, so that no state of its own is needed and a restart forgets nothing.
 */
const REPEATS_WITHIN_MS = 600_000;

/** Asks these servers for a recording and indexes it; rejects when it could not. */
export type AnnounceRecording = (recordId: string, serverIds: readonly string[]) => Promise<void>;

export interface RecordingReadyDeps {
  readonly targets: CallbackTargets;
  readonly restorer: UrlRestorer;
  readonly outbox: {
    add(callback: NewCallback): Promise<AddOutcome>;
    addAll(callbacks: readonly NewCallback[]): Promise<readonly AddOutcome[]>;
  };
  readonly announce: AnnounceRecording;
  readonly now: () => number;
}

/** Tells front ends that a recording is ready, once the index has it: they ask for it at once. */
export class RecordingReady {
  readonly #deps: RecordingReadyDeps;

  constructor(deps: RecordingReadyDeps) {
    this.#deps = deps;
  }

  /** What a server signed; in the outbox when it resolves. `forged`: it is of no recording of this meeting. */
  async arrived(
    target: CallbackTarget,
    slot: ReadySlot,
    { claims, serverIds }: SignedClaims,
  ): Promise<AddOutcome | 'forged'> {
    const { meeting_id: meetingId, record_id: recordId } = claims;
    if (typeof meetingId !== 'string' || !isOwnMeeting(meetingId, scopedOf(target))) return 'forged';
    if (typeof recordId !== 'string' || !isRecordId(recordId)) return 'forged';
    const { targets, outbox, now } = this.#deps;
    const url = target.urls[slot];
    if (url === undefined) return 'known';
    await targets.noteRecording(target.id, serverIds);
    const isMeeting = meetingId === scopedOf(target);
    return await outbox.add({
      kind: 'recording-ready',
      key: `${target.id}:${READY_SLOTS[slot]}:${recordId}:${timeSlot(now())}`,
      tenantId: target.tenantId,
      meetingId: target.meetingId,
      target: url.trim(),
      content: {
        form: 'recording-ready',
        claims: { ...claims, meeting_id: isMeeting ? target.meetingId : meetingId },
      },
      dueAt: now(),
    });
  }

  /** Sees to it that the index has the recording. Rejects when it could not be read from its server. */
  async beforeDelivery({ key }: { readonly key: string }): Promise<'deliver'> {
    const [id = '', , recordId = ''] = key.split(':');
    if (id === IMPORTED) return 'deliver';
    const target = await this.#deps.targets.find(id);
    // A target is kept for longer than its callbacks are tried.
    if (target !== undefined) await this.#deps.announce(recordId, target.recordedOn);
    return 'deliver';
  }

  /** A recording was imported, its metadata as a server or the front end wrote them; in the outbox when it resolves. */
  async announceImported(
    tenantId: string,
    meetingId: string,
    recordId: string,
    metadata: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { restorer, outbox, now } = this.#deps;
    const callbacks: NewCallback[] = [];
    for (const name of Object.values(READY_SLOTS)) {
      const url = (metadata.get(name) ?? '').trim();
      if (url === '') continue;
      for (const id of restorer.idsIn(url)) await this.#deps.targets.noteRecording(id, []);
      const target = (await restorer.originalOf(url, tenantId)) ?? url;
      if (target === '') continue;
      callbacks.push({
        kind: 'recording-ready',
        key: `${IMPORTED}:${name}:${recordId}:${timeSlot(now())}`,
        tenantId,
        meetingId,
        target,
        content: { form: 'recording-ready', claims: { meeting_id: meetingId, record_id: recordId } },
        dueAt: now(),
      });
    }
    await outbox.addAll(callbacks);
  }
}

/** In the place of a target's ID, which has twelve characters. */
const IMPORTED = 'imported';

function timeSlot(now: number): number {
  return Math.floor(now / REPEATS_WITHIN_MS);
}
