import { expect } from 'chai';
import fc from 'fast-check';
import { mapStrings, parseHookEvents, type JsonValue } from '../../../src/callbacks/hooks/hook-event.js';

const MEETING = { 'internal-meeting-id': 'int', 'external-meeting-id': 'ext' };

function form(event: unknown, more: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({ event: JSON.stringify(event), ...more }).toString();
}

const joined = {
  data: {
    type: 'event',
    id: 'user-joined',
    attributes: { meeting: MEETING, user: { 'internal-user-id': 'w_1', name: 'Jürgen & Ada' } },
    event: { ts: 1_532_718_316_938 },
  },
};

describe('parseHookEvents', () => {
  it('reads one event as well as a list', () => {
    for (const [event, count] of [
      [joined, 1],
      [[joined], 1],
      [[joined, joined, joined], 3],
      [[], 0],
    ] as const) {
      const { events, malformed, sentAt } = parseHookEvents(form(event, { timestamp: '1532718316940' }));
      expect([events.length, malformed, sentAt]).to.deep.equal([count, 0, 1_532_718_316_940]);
      if (count === 0) continue;
      expect(events[0]).to.deep.equal({
        id: 'user-joined',
        meetingId: 'ext',
        internalMeetingId: 'int',
        parentId: undefined,
        userId: 'w_1',
        at: 1_532_718_316_938,
        content: joined,
      });
    }
  });

  it('leaves unknown what an event does not say, or says in another shape', () => {
    const odd = { data: { id: 'rap-published', attributes: { meeting: { 'external-meeting-id': null } } } };
    for (const event of [
      odd,
      { data: { id: 'rap-published' } },
      { data: { id: 'rap-published', event: [] } },
    ]) {
      const [read] = parseHookEvents(form(event)).events;
      expect(read).to.include({
        id: 'rap-published',
        meetingId: undefined,
        userId: undefined,
        at: undefined,
      });
    }
  });

  it('knows a breakout room by its parent', () => {
    const created = (parent: string) => ({
      data: { id: 'meeting-created', attributes: { meeting: { ...MEETING, 'parent-id': parent } } },
    });
    expect(parseHookEvents(form(created('int-parent'))).events[0]?.parentId).to.equal('int-parent');
    expect(parseHookEvents(form(created('bbb-none'))).events[0]?.parentId).to.equal(undefined);
  });

  it('counts what is no event and takes the rest', () => {
    const { events, malformed } = parseHookEvents(form([1, joined, null, {}, { data: { id: 7 } }]));
    expect([events.length, malformed]).to.deep.equal([1, 4]);
    for (const text of ['', 'event=', 'event=x', 'timestamp=1', 'event=%7B%22data%22']) {
      expect(parseHookEvents(text), text).to.deep.equal({ events: [], malformed: 1, sentAt: undefined });
    }
  });

  it('takes no event that is nested deeper than any of BBB', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const text = `{"data":{"id":"a","attributes":{"deep":${deep}}}}`;
    const { events, malformed } = parseHookEvents(new URLSearchParams({ event: text }).toString());
    expect([events.length, malformed]).to.deep.equal([0, 1]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => `event=${encodeURIComponent(text)}`),
        ),
        (text) => {
          const { events, malformed } = parseHookEvents(text);
          expect(events.length + malformed).to.be.greaterThan(-1);
        },
      ),
    );
  });
});

describe('mapStrings', () => {
  it('changes nothing but the strings it is asked to', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.stringify(mapStrings(value as JsonValue, (text) => text))).to.equal(
          JSON.stringify(value),
        );
      }),
    );
  });

  it('tells in which property a string stands', () => {
    const seen: string[] = [];
    mapStrings({ a: 'x', b: ['y', { c: 'z' }] }, (text, name) => {
      seen.push(`${name}=${text}`);
      return text;
    });
    expect(seen).to.deep.equal(['a=x', 'b=y', 'c=z']);
  });
});
