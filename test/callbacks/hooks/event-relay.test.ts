import { expect } from 'chai';
import type { NewCallback } from '../../../src/callbacks/callback.js';
import {
  EventRelay,
  type EventOutcome,
  type EventRelayDeps,
} from '../../../src/callbacks/hooks/event-relay.js';
import type { Hook } from '../../../src/callbacks/hooks/hook.js';
import type { ToldMeeting } from '../../../src/callbacks/hooks/told-meeting.js';

const NOW = 1_700_000_000_000;
const ROOM: ToldMeeting = {
  tenantId: 'acme',
  meetingId: 'room',
  scopedId: 'acme--room',
  isSuperseded: false,
};

function hookOf(id: number, changes: Partial<Hook> = {}): Hook {
  const callbackUrl = `https://front.example/${id}`;
  return {
    tenantId: 'acme',
    id,
    callbackUrl,
    meetingId: undefined,
    eventIds: [],
    createdAt: id * 10,
    ...changes,
  };
}

function eventOf(id: string, more: Readonly<Record<string, unknown>> = {}, ts: number | null = NOW - 5) {
  const meeting = { 'internal-meeting-id': 'int', 'external-meeting-id': 'acme--room' };
  return { data: { type: 'event', id, attributes: { meeting, ...more }, event: { ts } } };
}

function formOf(...events: readonly unknown[]): string {
  return new URLSearchParams({ event: JSON.stringify(events), timestamp: String(NOW - 3) }).toString();
}

function rig(given: Partial<EventRelayDeps> & { readonly hooked?: readonly Hook[] } = {}) {
  const added: NewCallback[][] = [];
  const outcomes: EventOutcome[] = [];
  const removed: string[] = [];
  const fed: string[] = [];
  const relay = new EventRelay({
    hooks: {
      wanting: () => given.hooked ?? [hookOf(1)],
      removeOfMeeting: async (tenantId, meetingId) => {
        removed.push(`${tenantId} ${meetingId}`);
      },
    },
    outbox: {
      addAll: async (callbacks) => {
        added.push([...callbacks]);
        return callbacks;
      },
    },
    meetingOf: () => ROOM,
    originalOf: async () => undefined,
    feed: {
      told: (_serverId, event) => {
        fed.push(event.id);
      },
    },
    onEvent: (outcome) => {
      outcomes.push(outcome);
    },
    now: () => NOW,
    ...given,
  });
  return { ...{ relay, outcomes, removed, fed, added }, all: () => added.flat() };
}

function textOf(callback: NewCallback | undefined): string {
  return callback?.content.form === 'hook' ? callback.content.event : '';
}

describe('EventRelay', () => {
  it('puts each event in the outbox for each hook that wants it, all of a request at once', async () => {
    const { relay, added, all, outcomes, fed } = rig({ hooked: [hookOf(1), hookOf(2)] });
    await relay.take('bbb1', formOf(eventOf('user-joined'), eventOf('user-left')));
    expect(added).to.have.length(1);
    expect(all().map(({ target, lane }) => `${target} ${lane ?? ''}`)).to.deep.equal([
      'https://front.example/1 acme 1 10 room',
      'https://front.example/2 acme 2 20 room',
      'https://front.example/1 acme 1 10 room',
      'https://front.example/2 acme 2 20 room',
    ]);
    expect(all()[0]).to.deep.include({ kind: 'hook', tenantId: 'acme', meetingId: 'room', dueAt: NOW });
    expect(new Set(all().map(({ key }) => key)).size).to.equal(4);
    expect(outcomes).to.deep.equal(['relayed', 'relayed']);
    expect(fed).to.deep.equal(['user-joined', 'user-left']);
  });

  it('says the same when the server repeats itself, and something else of another server', async () => {
    let now = NOW;
    const { relay, all } = rig({ now: () => (now += 1_000) });
    const form = formOf(eventOf('user-joined'));
    for (const serverId of ['bbb1', 'bbb1', 'bbb2']) await relay.take(serverId, form);
    const [first, repeat, other] = all();
    expect(repeat?.key).to.equal(first?.key);
    expect(repeat?.content).to.deep.equal(first?.content);
    expect(other?.key).not.to.equal(first?.key);
  });

  it('keeps the event as it came but for meeting IDs and own URLs', async () => {
    const own = 'https://ballast.example/callbacks/x/end';
    const metadata = { endcallbackurl: own, meetingId: 'acme--room', note: 'acme--room', n: 1.5, none: null };
    const { relay, all } = rig({
      originalOf: async (url, tenantId) =>
        url === own && tenantId === 'acme' ? 'https://front.example/end?"' : undefined,
    });
    await relay.take('bbb1', formOf(eventOf('rap-publish-ended', { recording: { metadata } })));
    const [event] = JSON.parse(textOf(all()[0])) as [ReturnType<typeof eventOf>];
    const expected = eventOf('rap-publish-ended', {
      recording: {
        metadata: { ...metadata, endcallbackurl: 'https://front.example/end?"', meetingId: 'room' },
      },
    });
    expected.data.attributes.meeting['external-meeting-id'] = 'room';
    expect(event).to.deep.equal(expected);
  });

  it('leaves the events of the default tenant as they are, byte for byte', async () => {
    const { relay, all } = rig({
      meetingOf: () => ({ ...ROOM, tenantId: 'default', meetingId: 'acme--room' }),
    });
    const event = eventOf('chat-group-message-sent', { 'chat-message': { message: 'größer 👍 \u2028 --' } });
    await relay.take('bbb1', formOf(event));
    expect(textOf(all()[0])).to.equal(`[${JSON.stringify(event)}]`);
  });

  it('gives the time of the event, else that of the request, else its own', async () => {
    const { relay, all } = rig();
    await relay.take('bbb1', formOf(eventOf('a')));
    await relay.take('bbb1', formOf(eventOf('b', {}, null)));
    await relay.take('bbb1', formOf(eventOf('c', {}, 1_700_000_000)));
    await relay.take(
      'bbb1',
      new URLSearchParams({ event: JSON.stringify(eventOf('d', {}, null)) }).toString(),
    );
    const times = all().map(({ content }) => (content.form === 'hook' ? content.timestamp : 0));
    expect(times).to.deep.equal([NOW - 5, NOW - 3, NOW - 3, NOW]);
  });

  it('forgets the hooks of a meeting after its end, but not after that of a copy left behind', async () => {
    const ended = formOf(eventOf('meeting-ended'));
    const { relay, removed, all } = rig();
    await relay.take('bbb1', ended);
    expect([removed, all().length]).to.deep.equal([['acme room'], 1]);
    const moved = rig({ meetingOf: () => ({ ...ROOM, isSuperseded: true }) });
    await moved.relay.take('bbb1', ended);
    expect([moved.removed, moved.all(), moved.outcomes]).to.deep.equal([[], [], ['unmatched']]);
    await moved.relay.take('bbb1', formOf(eventOf('user-left')));
    expect(moved.all()).to.have.length(1);
  });

  it("tells nobody of what is nobody's, and the pool of what nobody wants to know", async () => {
    const nobody = rig({ meetingOf: () => undefined });
    await nobody.relay.take('bbb1', formOf(eventOf('user-joined'), 7));
    expect([nobody.added, nobody.fed, nobody.outcomes]).to.deep.equal([[], [], ['malformed', 'unmatched']]);
    const unhooked = rig({ hooked: [] });
    await unhooked.relay.take('bbb1', formOf(eventOf('user-joined')));
    expect([unhooked.added, unhooked.fed]).to.deep.equal([[], ['user-joined']]);
  });

  it('keeps the order in which events came, however long it takes to find the own URLs in one', async () => {
    let found: (url: string) => void = () => undefined;
    const looking = new Promise<string>((resolve) => (found = resolve));
    const { relay, all, fed } = rig({ originalOf: () => looking });
    const created = eventOf('meeting-created', { url: 'https://ballast.example/callbacks/x/end' });
    const first = relay.take('bbb1', formOf(created));
    const second = relay.take('bbb1', formOf(eventOf('user-joined')));
    await relay.take('bbb2', formOf(eventOf('user-left')));
    expect(fed).to.deep.equal(['user-left']);
    found('https://front.example/end');
    await Promise.all([first, second]);
    expect(fed).to.deep.equal(['user-left', 'meeting-created', 'user-joined']);
    expect(all()).to.have.length(3);
  });

  it('has told nobody, forgotten nothing and counted nothing when the store fails', async () => {
    const { relay, removed, fed, outcomes } = rig({
      outbox: { addAll: () => Promise.reject(new Error('disk full')) },
    });
    const failure = await relay
      .take('bbb1', formOf(eventOf('meeting-ended')))
      .catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'disk full');
    expect([removed, fed, outcomes]).to.deep.equal([[], [], []]);
  });
});
