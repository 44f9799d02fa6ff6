import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Meeting, MeetingHistory, MeetingStore } from '../../../src/meetings/meeting.js';
import type { OpenTestStore } from '../open-test-store.js';
import { claimOf } from './meeting-store.js';

type Step =
  | { readonly kind: 'claim'; readonly meetingId: string; readonly serverId: string }
  | {
      readonly kind: 'update';
      readonly meetingId: string;
      readonly serverId: string;
      readonly expected: string;
    }
  | { readonly kind: 'close'; readonly meetingId: string; readonly serverId: string };

const meetingId = fc.constantFrom('a', 'b', 'c');
const serverId = fc.constantFrom('bbb1', 'bbb2');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('claim' as const), meetingId, serverId }),
  fc.record({ kind: fc.constant('update' as const), meetingId, serverId, expected: serverId }),
  fc.record({ kind: fc.constant('close' as const), meetingId, serverId }),
);

/** The store as a plain map: what each step answers and leaves, one after the other. */
function createModel() {
  const rows = new Map<string, Meeting>();
  let ended = 0;
  return {
    rows,
    ended: () => ended,
    apply(next: Step, meeting: Meeting): unknown {
      const row = rows.get(next.meetingId);
      if (next.kind === 'claim') {
        if (row === undefined) rows.set(next.meetingId, meeting);
        return { won: row === undefined, meeting: row ?? meeting };
      }
      if (next.kind === 'update') {
        if (row?.serverId !== next.expected) return false;
        rows.set(next.meetingId, meeting);
        return true;
      }
      if (row?.serverId === next.serverId && rows.delete(next.meetingId)) ended += 1;
      return undefined;
    },
  };
}

async function run(store: MeetingStore, next: Step, meeting: Meeting): Promise<unknown> {
  if (next.kind === 'claim') return await store.claimMeeting(meeting);
  if (next.kind === 'update') return await store.updateMeeting(meeting, next.expected);
  const history: MeetingHistory = { ...meeting, startedAt: meeting.claimedAt, endedAt: 1, maxAttendees: 1 };
  await store.closeMeeting(meeting, history);
  return undefined;
}

/** Any MeetingStore behaves as a map does, also when steps are started at the same time. */
export function describeMeetingStoreModel(open: OpenTestStore): void {
  it('MeetingStore answers any interleaving of claims, updates and closes as a map would', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
        async (rounds) => {
          const opened = await open();
          const { store } = opened;
          try {
            const model = createModel();
            let at = 0;
            for (const round of rounds) {
              const meetings = round.map((next) =>
                claimOf(next.meetingId, next.serverId, { claimedAt: (at += 1) }),
              );
              const expected = round.map((next, index) => model.apply(next, meetings[index]!));
              // Started together: calls of one process take effect in the order in which they are made.
              const answers = await Promise.all(
                round.map(async (next, index) => run(store.meetings, next, meetings[index]!)),
              );
              expect(answers).to.deep.equal(expected);
              const left = [...model.rows.values()].sort((a, b) => (a.meetingId < b.meetingId ? -1 : 1));
              expect(await store.meetings.listMeetings()).to.deep.equal(left);
            }
            const history = await store.history.listHistory({ tenantId: 'default', limit: 1_000 });
            expect(history).to.have.length(model.ended());
          } finally {
            await opened.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
}
