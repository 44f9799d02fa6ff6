import { expect } from 'chai';
import fc from 'fast-check';
import { MeetingIndex } from '../../src/meetings/meeting-index.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import { claimed } from '../support/claimed-meeting.js';

const TENANTS = ['acme', 'beta'];
const SERVERS = ['bbb1', 'bbb2', 'bbb3'];

const rows: fc.Arbitrary<Meeting> = fc
  .record({
    tenantId: fc.constantFrom(...TENANTS),
    meetingId: fc.constantFrom('a', 'b', 'a b', ''),
    serverId: fc.constantFrom(...SERVERS),
  })
  .map(({ tenantId, meetingId, serverId }) =>
    claimed(meetingId, { tenantId, scopedId: `${tenantId}--${meetingId}`, serverId }),
  );

const isSameId = (a: Meeting, b: Meeting): boolean =>
  a.tenantId === b.tenantId && a.meetingId === b.meetingId;

describe('MeetingIndex', () => {
  it('shows the same rows by ID, by server and by tenant, whatever was put and dropped', () => {
    const changes = fc.array(fc.record({ row: rows, isPut: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(changes, (given) => {
        const index = new MeetingIndex();
        let model: readonly Meeting[] = [];
        for (const { row, isPut } of given) {
          if (isPut) index.put(row);
          else index.drop(row);
          model = [...model.filter((other) => !isSameId(other, row)), ...(isPut ? [row] : [])];
          expect([...index.all()]).to.have.members(model);
          for (const meeting of model) {
            expect(index.get(meeting.tenantId, meeting.meetingId)).to.equal(meeting);
            expect(index.byScopedId(meeting.scopedId)).to.equal(meeting);
          }
          if (!isPut) expect(index.get(row.tenantId, row.meetingId)).to.equal(undefined);
          if (!isPut) expect(index.byScopedId(row.scopedId)).to.equal(undefined);
          for (const serverId of SERVERS) {
            const there = model.filter((meeting) => meeting.serverId === serverId);
            expect(index.onServer(serverId)).to.have.members(there);
            expect(index.hasAnyOn(serverId)).to.equal(there.length > 0);
          }
          for (const tenantId of TENANTS) {
            const own = model.filter((meeting) => meeting.tenantId === tenantId);
            expect(index.countOfTenant(tenantId)).to.equal(own.length);
          }
        }
      }),
    );
  });

  it('counts a change on each server whose meetings are others than before, and on no other', () => {
    fc.assert(
      fc.property(
        fc.array(rows, { maxLength: 20 }),
        fc.array(rows, { minLength: 1, maxLength: 5 }),
        (given, news) => {
          const index = new MeetingIndex();
          for (const row of given) index.put(row);
          for (const row of news) {
            const before = SERVERS.map((id) => ({
              rows: index.onServer(id),
              count: index.changesOn(id).count,
            }));
            index.put(row);
            for (const [at, id] of SERVERS.entries()) {
              const isChanged = index.onServer(id).some((meeting) => !before[at]!.rows.includes(meeting));
              const isLeft = before[at]!.rows.some((meeting) => !index.onServer(id).includes(meeting));
              expect(index.changesOn(id).count > before[at]!.count).to.equal(isChanged || isLeft);
            }
          }
        },
      ),
    );
  });
});
