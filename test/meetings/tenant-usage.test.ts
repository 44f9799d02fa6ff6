import { expect } from 'chai';
import { tenantUsage } from '../../src/meetings/tenant-usage.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import type { PooledServer } from '../../src/pool/server.js';

describe('tenantUsage', () => {
  it('sums up meetings, and the people whom polls have seen in them, by tenant', () => {
    const meeting = (tenantId: string, scopedId: string, serverId = 'bbb1') =>
      ({ tenantId, scopedId, serverId }) as Meeting;
    const all = [meeting('a', 'a1'), meeting('a', 'a2'), meeting('a', 'a3', 'gone'), meeting('b', 'b1')];
    const polled = new Map([
      ['a1', { attendees: 5 }],
      ['b1', { attendees: 7 }],
      ['stranger', { attendees: 9 }],
    ]);
    const server = { poll: { meetings: polled } } as unknown as PooledServer;
    const used = tenantUsage(
      { all: () => all.values() },
      { server: (id) => (id === 'bbb1' ? server : undefined) },
    );
    expect(Object.fromEntries(used)).to.deep.equal({
      a: { meetings: 3, attendees: 5 },
      b: { meetings: 1, attendees: 7 },
    });
  });
});
