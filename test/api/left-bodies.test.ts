import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeLeftBodies } from '../../src/api/left-bodies.js';
import { SPOOL_PREFIX } from '../../src/api/receive-body.js';

describe('removeLeftBodies', () => {
  const now = Date.now();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-left-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function leave(name: string, ageMs: number): void {
    const path = join(folder, name);
    writeFileSync(path, 'slides');
    utimesSync(path, (now - ageMs) / 1000, (now - ageMs) / 1000);
  }

  it('removes what a killed process left, and neither bodies under way nor files of others', async () => {
    leave(`${SPOOL_PREFIX}old`, 2 * 3_600_000);
    leave(`${SPOOL_PREFIX}new`, 60_000);
    leave('somebody-elses', 48 * 3_600_000);
    await removeLeftBodies(folder, now);
    expect(readdirSync(folder).sort()).to.deep.equal([`${SPOOL_PREFIX}new`, 'somebody-elses']);
  });

  it('says so when the folder cannot be read', async () => {
    const error: unknown = await removeLeftBodies(join(folder, 'missing'), now).catch((e: unknown) => e);
    expect(error).to.be.an('error');
  });
});
