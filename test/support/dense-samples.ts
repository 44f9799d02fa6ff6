import { expect } from 'chai';
import type { SampleSource } from '../../src/metrics/load-table.js';

const HOSTS = 20;
const STEP_MS = 10_000;
/** How long after a whole ten seconds the newest sample was taken: windows are cut there, by the clock. */
const PHASES_MS = [100, 4_600, 9_900] as const;

/** Where to write, and the source that reads it at `now`; an answer may hold fewer samples than one minute has. */
export interface DenseEngine {
  readonly write: (lines: string) => Promise<void>;
  readonly create: (now: number) => SampleSource;
}

/** Samples each second for two minutes, the newest at `newestAt`: busy by 0.2 and by 0.6 in turn, 2 MB/s. */
function denseTelegrafText(newestAt: number): string {
  const lines: string[] = [];
  for (let host = 0; host < HOSTS; host += 1) {
    for (let second = 120; second >= 0; second -= 1) {
      const time = `${newestAt - second * 1000}000000`;
      const tags = `host=h${host},server=s${host}`;
      const bytes = (1000 - second) * 1_000_000;
      lines.push(
        `cpu,cpu=cpu-total,${tags} usage_idle=${second % 2 === 0 ? 40 : 80} ${time}`,
        `mem,${tags} available_percent=70 ${time}`,
        `net,interface=eth0,${tags} bytes_sent=${bytes}i,bytes_recv=${bytes}i ${time}`,
      );
    }
  }
  return lines.join('\n');
}

/** Expects that a source that has to ask for less gets the same means, the same rates and the same times out of it. */
export async function expectDenseIsRead({ write, create }: DenseEngine): Promise<void> {
  const keys = Array.from({ length: HOSTS }, (_, host) => ({ serverId: `s${host}`, host: 'none' }));
  const lastMinutes = Math.floor(Date.now() / STEP_MS) * STEP_MS - PHASES_MS.length * 300_000;
  for (const [index, phase] of PHASES_MS.entries()) {
    const newestAt = lastMinutes + index * 300_000 + phase;
    await write(denseTelegrafText(newestAt));
    const source = create(newestAt + 1_000);
    // The second time it knows that it has to ask for less.
    for (let round = 0; round < 2; round += 1) {
      const { samples, faults } = await source.read(keys, AbortSignal.timeout(10_000));
      expect(faults).to.deep.equal([]);
      expect(samples.size).to.equal(HOSTS);
      for (const sample of samples.values()) {
        // One sample more of the one kind than of the other.
        expect(sample.cpu).to.be.closeTo(0.4, 0.2 / 50);
        expect(sample.memory).to.be.closeTo(0.3, 1e-9);
        expect(sample.networkBytesPerSecond).to.be.closeTo(2e6, 1);
        const { sampledAt, memorySampledAt, networkSampledAt } = sample;
        for (const at of [sampledAt, memorySampledAt, networkSampledAt]) expect(at).to.equal(newestAt);
      }
    }
    await source.close?.();
  }
}
