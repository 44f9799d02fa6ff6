import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { AppRig } from './support/app-rig.js';
import { CALL_CAUSES } from './support/call-causes.js';
import { createCauses } from './support/create-causes.js';
import { RUNNING_MEETING_CAUSES } from './support/running-meeting-causes.js';
import { scrape, seriesMoved } from './support/series-moved.js';

/** What tells one cause from another. */
const TELLING = [
  ...['placement_failures_total', 'placement_retries_total', 'placement_passed_over_total'],
  ...['meetings_moved_total', 'server_probes_total', 'create_wait_seconds_count'],
  ...['api_failures_total', 'api_stale_answers_total', 'store_failures_total', 'copies_ended_total'],
  ...['meetings_adopted_total', 'meeting_splits_total', 'upstream_retries_total'],
];

/** In a folder that is there while the tests run. */
const FILE = join(tmpdir(), `ballast-counts-${randomUUID()}`, 'ballast.db');

/** Does to the store's file what its own process would never do. */
function run(sql: string): void {
  const connection = new BetterSqlite3(FILE);
  connection.exec(sql);
  connection.close();
}

const CAUSES = [...createCauses({ file: FILE, run }), ...RUNNING_MEETING_CAUSES, ...CALL_CAUSES];

describe('why a call was refused, failed, waited or went elsewhere', function () {
  this.timeout(20_000);
  let rig: AppRig | undefined;
  before(() => {
    mkdirSync(dirname(FILE));
  });
  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
  });
  after(() => {
    rmSync(dirname(FILE), { recursive: true });
  });

  for (const { cause, options, given, when, moves } of CAUSES) {
    it(`shows when ${cause}`, async () => {
      rig = await AppRig.start(options);
      await given?.(rig);
      const before = await scrape(rig.app);
      await when(rig);
      expect(seriesMoved(before, await scrape(rig.app), TELLING)).to.deep.equal(moves);
    });
  }

  it('is told apart: no two causes move the same series', () => {
    const seen = CAUSES.map(({ moves }) => JSON.stringify(Object.entries(moves).sort()));
    expect(new Set(seen).size).to.equal(CAUSES.length);
  });
});
