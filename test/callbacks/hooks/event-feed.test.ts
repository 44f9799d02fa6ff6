import { expect } from 'chai';
import { EventFeed, type EventFeedDeps, type ToldPerson } from '../../../src/callbacks/hooks/event-feed.js';
import type { HookEvent } from '../../../src/callbacks/hooks/hook-event.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const NOW = 1_700_000_000_000;
const ROOM = { tenantId: 'acme', meetingId: 'room', scopedId: 'acme--room', isSuperseded: false };

function rig(given: Partial<EventFeedDeps> = {}) {
  const heard: string[] = [];
  const people: ToldPerson[] = [];
  const note = (what: string) => (person: ToldPerson) => {
    heard.push(what);
    people.push(person);
  };
  const feed = new EventFeed({
    people: { joined: note('joined'), left: note('left') },
    markChanged: (serverId) => heard.push(`changed ${serverId}`),
    meetingMayHaveEnded: async (tenantId, meetingId) => {
      heard.push(`ended? ${tenantId} ${meetingId}`);
    },
    clockSkewOf: () => 0,
    now: () => NOW,
    logger: new RecordingLogger(),
    ...given,
  });
  const tell = (id: string, changes: Partial<HookEvent> = {}): void => {
    const none = { meetingId: undefined, internalMeetingId: undefined, parentId: undefined, at: undefined };
    feed.told('bbb1', { ...none, id, userId: 'w_1', content: {}, ...changes }, ROOM);
  };
  return { feed, heard, people, tell };
}

describe('EventFeed', () => {
  it('tells the pool of people and meetings, and of nothing else', () => {
    const { heard, tell } = rig();
    for (const id of ['meeting-created', 'user-joined', 'user-left', 'meeting-ended', 'user-audio-muted'])
      tell(id);
    expect(heard).to.deep.equal(['changed bbb1', 'joined', 'left', 'ended? acme room']);
  });

  it('counts nobody without an ID', () => {
    const { heard, tell } = rig();
    tell('user-joined', { userId: undefined });
    expect(heard).to.deep.equal([]);
  });

  for (const [what, at, skewMs, expected] of [
    ['of an event that comes at once', NOW - 1_900, 0, NOW],
    ['of one that was held up', NOW - 30_000, 0, NOW - 30_000],
    ["by Ballast's clock, of a server that is ahead", NOW + 60_000 - 30_000, 60_000, NOW - 30_000],
    ['of a server whose clock is not known', NOW - 30_000, undefined, NOW],
    ['of an event from the future', NOW + 5_000, 0, NOW],
    ['of an event without a time', undefined, 0, NOW],
  ] as const) {
    it(`gives the time ${what}`, () => {
      const { people, tell } = rig({ clockSkewOf: () => skewMs });
      tell('user-joined', { at });
      expect(people).to.deep.equal([
        { serverId: 'bbb1', scopedId: 'acme--room', userId: 'w_1', at: expected },
      ]);
    });
  }

  it('waits at its stop for what is being looked for, however that ends', async () => {
    let fail: (error: Error) => void = () => undefined;
    const looking = new Promise<void>((_resolve, reject) => (fail = reject));
    const { feed, tell } = rig({ meetingMayHaveEnded: () => looking });
    tell('meeting-ended');
    let hasStopped = false;
    const stopped = feed.stop().then(() => (hasStopped = true));
    await Promise.resolve();
    expect(hasStopped).to.equal(false);
    fail(new Error('down'));
    await stopped;
  });
});
