import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { openStore } from '../../src/store/open-store.js';
import { makeFolder } from './open-test-store.js';

const claimer = fileURLToPath(new URL('claim-until-killed.ts', import.meta.url));

/** Claims in a child process, kills it hard after `count` printed claims, and returns everything it printed. */
async function claimAndKill(spec: string, count: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', claimer, spec], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > count) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal, complaint).to.equal('SIGKILL');
  // The last line may be cut; what ends in a line break was claimed.
  return printed.split('\n').slice(0, -1);
}

describe('store: kill -9', () => {
  it('loses no meeting whose claim was answered', async function () {
    this.timeout(20_000);
    const folder = makeFolder();
    const spec = `sqlite:${join(folder, 'ballast.db')}`;
    try {
      const claimed = new Set(await claimAndKill(spec, 200));
      // The second process finds the first one's claims and goes on behind them, after no clean close.
      for (const meetingId of await claimAndKill(spec, 400)) claimed.add(meetingId);
      const store = await openStore(spec, { logger: silentLogger });
      const kept = new Set((await store.meetings.listMeetings()).map((meeting) => meeting.meetingId));
      await store.close();
      expect(claimed.size).to.be.at.least(400);
      expect([...claimed].filter((meetingId) => !kept.has(meetingId))).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
