import { expect } from 'chai';
import type { HookEvent } from '../../../src/callbacks/hooks/hook-event.js';
import { ToldMeetings } from '../../../src/callbacks/hooks/told-meeting.js';
import type { PolledMeeting } from '../../../src/bbb/polled-meeting.js';
import { meetingOwner } from '../../../src/tenants/meeting-scope.js';
import { claimed } from '../../support/claimed-meeting.js';

const BREAKOUT = `${'a'.repeat(40)}-1700000000000`;

function event(changes: Partial<HookEvent> = {}): HookEvent {
  return {
    id: 'user-joined',
    meetingId: undefined,
    internalMeetingId: undefined,
    parentId: undefined,
    userId: undefined,
    at: undefined,
    content: {},
    ...changes,
  };
}

function told(
  options: { readonly polled?: readonly Partial<PolledMeeting>[]; readonly isSingle?: boolean } = {},
) {
  const rows = [
    claimed('room', { tenantId: 'acme', scopedId: 'acme--room', internalMeetingId: 'int-room' }),
    claimed('plain', { internalMeetingId: 'int-plain' }),
  ];
  const { isSingle = false, polled = [] } = options;
  return new ToldMeetings({
    directory: {
      byScopedId: (id) => rows.find(({ scopedId }) => scopedId === id),
      onServer: (id) => rows.filter(({ serverId }) => serverId === id),
    },
    polledOn: () => new Map(polled.map((meeting) => [meeting.meetingId ?? '', meeting as PolledMeeting])),
    tenants: { isSingle, ownerOf: (id) => meetingOwner(id, (name) => name === 'acme' && !isSingle) },
  });
}

describe('ToldMeetings', () => {
  it('finds a claimed meeting by either of its IDs', () => {
    const expected = { tenantId: 'acme', meetingId: 'room', scopedId: 'acme--room', isSuperseded: false };
    expect(told().find('bbb1', event({ meetingId: 'acme--room' }))).to.deep.equal(expected);
    expect(told().find('bbb1', event({ internalMeetingId: 'int-room' }))).to.deep.equal(expected);
  });

  it('sees that another server has the copy that counts', () => {
    expect(told().find('bbb2', event({ meetingId: 'acme--room' }))?.isSuperseded).to.equal(true);
  });

  it('knows whose a meeting was that is over, by its scope', () => {
    expect(told().find('bbb1', event({ meetingId: 'acme--old' }))).to.include({
      tenantId: 'acme',
      meetingId: 'old',
    });
    expect(told().find('bbb1', event({ meetingId: 'old' }))).to.include({
      tenantId: 'default',
      meetingId: 'old',
    });
  });

  it('gives a breakout room to the tenant of its main room, and goes on to know it', () => {
    const meetings = told();
    const created = event({ id: 'meeting-created', meetingId: BREAKOUT, parentId: 'int-room' });
    for (const one of [created, event({ meetingId: BREAKOUT })]) {
      expect(meetings.find('bbb1', one)).to.include({ tenantId: 'acme', meetingId: BREAKOUT });
    }
    const polled = [{ meetingId: BREAKOUT, isBreakout: true, parentMeetingId: 'int-room' }];
    expect(told({ polled }).find('bbb1', event({ meetingId: BREAKOUT }))?.tenantId).to.equal('acme');
  });

  it('gives a breakout room whose main room is unknown to nobody, unless there is but one tenant', () => {
    expect(told().find('bbb1', event({ meetingId: BREAKOUT }))).to.equal(undefined);
    expect(told({ isSingle: true }).find('bbb1', event({ meetingId: BREAKOUT }))?.tenantId).to.equal(
      'default',
    );
  });

  it('says nothing of an event without a meeting that it knows', () => {
    expect(told().find('bbb1', event())).to.equal(undefined);
    expect(told().find('bbb1', event({ internalMeetingId: 'gone' }))).to.equal(undefined);
  });
});
