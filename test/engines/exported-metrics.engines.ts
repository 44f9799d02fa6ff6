import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppRig, newMeetingId } from '../support/app-rig.js';
import { runCommand } from './install/run-command.js';
import { requireEngine } from './rig/engine-server.js';
import { pollUntil } from './rig/poll-until.js';
import { startPrometheus, type Prometheus } from './rig/prometheus.js';

describe('/metrics of a Ballast at work', function () {
  this.timeout(60_000);
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start({ servers: 2 });
    for (let i = 0; i < 5; i += 1) await rig.create(newMeetingId());
    await rig.call('getMeetings');
    await rig.call('getMeetingInfo', { meetingID: 'nobody' });
    await rig.sims[1]?.stop();
  });

  after(() => rig.stop());

  it('is found right by promtool check metrics', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ballast-exposition-'));
    try {
      const file = join(folder, 'metrics.txt');
      await writeFile(file, (await rig.send('/metrics')).text);
      const { path } = await requireEngine('promtool');
      const args = ['-c', '"$0" check metrics < "$1"', path, file];
      expect(await runCommand({ command: 'sh', args, timeoutMs: 20_000 })).to.equal('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is scraped by Prometheus, as OpenMetrics and whole', async () => {
    const { host } = new URL(rig.app.url);
    const prometheus = await startPrometheus({ scrapeTargets: [{ address: host }], jobName: 'ballast' });
    try {
      const scraped = await pollUntil(
        () => valueOf(prometheus, 'scrape_samples_scraped{job="ballast"} > 0'),
        {
          what: 'scrape',
          timeoutMs: 20_000,
        },
      );
      const lines = (await rig.send('/metrics')).text.split('\n').filter((line) => /^[a-z]/.test(line));
      // Node's own series come and go with what it does.
      expect(scraped).to.be.within(lines.length * 0.9, lines.length * 1.1);
      expect(await valueOf(prometheus, 'sum(ballast_placements_total)')).to.equal(5);
      // In the text format this bound is written without a fraction.
      expect(await valueOf(prometheus, 'ballast_poll_duration_seconds_bucket{le="1.0"}')).to.be.greaterThan(
        0,
      );
      expect(await valueOf(prometheus, 'up{job="ballast"}')).to.equal(1);
    } finally {
      await prometheus.stop();
    }
  });
});

async function valueOf(prometheus: Prometheus, promql: string): Promise<number | undefined> {
  const { data } = JSON.parse(await prometheus.query(promql)) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  const [first] = data.result;
  return first === undefined ? undefined : Number(first.value[1]);
}
