import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { disable } from '../../src/pool/admin-state.js';
import { claimed } from '../support/claimed-meeting.js';
import { meetingRig } from '../support/meeting-rig.js';

describe('a balancer that starts again on its store', () => {
  it('knows every meeting that was answered SUCCESS, and settles the creates that were cut', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ballast-restart-'));
    const store = `sqlite:${join(folder, 'ballast.db')}`;
    const before = await meetingRig({ store });
    const names = Array.from({ length: 12 }, (_, index) => `class-${index}`);
    await Promise.all(names.map((name) => before.create(name)));
    // Cut right after the server carried it out, and before the server heard of it.
    const row = before.directory.byScopedId('class-0')!;
    for (const [name, serverId] of [
      ['arrived', 'bbb2'],
      ['never-sent', 'bbb3'],
    ] as const) {
      await before.store.meetings.claimMeeting({
        ...row,
        meetingId: name,
        scopedId: name,
        serverId,
        state: 'claimed',
      });
    }
    await before.createDirectly('bbb2', 'arrived');
    const where = new Map(names.map((name) => [name, before.serverOf(name)]));
    await before.stop({ keepsSims: true });

    const after = await meetingRig({ store, sims: before.sims });
    try {
      for (const name of names) {
        expect(after.serverOf(name)).to.equal(where.get(name));
        expect((await after.create(name)).answer.messageKey).to.equal('duplicateWarning');
        expect(after.copies(name)).to.deep.equal([where.get(name)]);
      }
      expect(after.directory.byScopedId('arrived')).to.deep.include({ serverId: 'bbb2', state: 'running' });
      const { serverId } = await after.create('never-sent');
      expect(serverId).to.equal('bbb3');
      expect(after.copies('never-sent')).to.deep.equal(['bbb3']);
      const [record] = await after.journal.list({ meetingId: 'never-sent', limit: 1 });
      expect(record!.decision.ranking[0]).to.equal('bbb3');
      expect(record!.decision.explanation).to.include('create that was cut');
    } finally {
      await after.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('makes no meeting on a server that was disabled after the create was cut', async () => {
    const rig = await meetingRig();
    try {
      await rig.directory.claim(claimed('cut', { state: 'claimed', claimedAt: rig.now() }));
      await disable(rig.pool, 'bbb1');
      const { serverId } = await rig.create('cut');
      expect(serverId).to.equal('bbb2');
      expect(rig.copies('cut')).to.deep.equal(['bbb2']);
      expect(rig.directory.orphan('bbb1', 'cut')?.cause, 'a copy may be there').to.equal('moved');
    } finally {
      await rig.stop();
    }
  });
});
