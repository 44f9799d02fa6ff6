import { expect } from 'chai';
import { PrometheusSource } from '../../src/metrics/prometheus-source.js';
import { expectOutageIsSurvived } from '../support/outage-contract.js';
import { CONTRACT_TIMES, itIsASampleSource } from '../support/sample-source-contract.js';
import { openMetricsText } from '../support/scenario-text.js';
import { startNodeExporter } from './rig/node-exporter.js';
import { pollUntil } from './rig/poll-until.js';
import { startPrometheus } from './rig/prometheus.js';

function sourceOf(url: string, now = Date.now, windowMs = CONTRACT_TIMES.windowMs): PrometheusSource {
  return new PrometheusSource({ ...CONTRACT_TIMES, windowMs, url, token: undefined, now });
}

describe('PrometheusSource on a Prometheus with past samples', () => {
  itIsASampleSource({
    // rate() goes to the edges of the window, and the engine takes some seconds to start.
    tolerance: 0.08,
    open: async (hosts, now) => {
      const prometheus = await startPrometheus({ history: openMetricsText(hosts, now) });
      return { source: sourceOf(prometheus.url, () => now), close: () => prometheus.stop() };
    },
  });
});

describe('PrometheusSource on a Prometheus that scrapes a node exporter', () => {
  it('reads this machine, and is back within two refreshes after a crash or a hang', async function () {
    this.timeout(120_000);
    const exporter = await startNodeExporter();
    const labels = { server: 'bbb1' };
    const scrapeTargets = [{ address: `127.0.0.1:${exporter.port}`, labels }];
    const prometheus = await startPrometheus({ scrapeTargets });
    const source = sourceOf(prometheus.url, Date.now, 5_000);
    try {
      const sample = await pollUntil(
        async () => {
          const keys = [{ serverId: 'bbb1', host: 'x' }];
          const { samples, faults } = await source.read(keys, AbortSignal.timeout(5_000));
          expect(faults).to.deep.equal([]);
          const found = samples.get('bbb1');
          const values = [found?.cpu, found?.networkBytesPerSecond, found?.cpuCount];
          return values.includes(undefined) ? undefined : found;
        },
        { what: 'sample of the node exporter', timeoutMs: 30_000 },
      );
      expect(sample.cpu).to.be.within(0, 1);
      expect(sample.memory).to.be.within(0.001, 0.999);
      expect(sample.cpuCount).to.be.at.least(1);
      expect(sample.sampledAt).to.be.within(Date.now() - 10_000, Date.now() + 1_000);
      expect(await source.version(AbortSignal.timeout(5_000))).to.match(/^Prometheus 2\.\d+/);
      await expectOutageIsSurvived(source, prometheus);
    } finally {
      await source.close();
      await prometheus.stop();
      await exporter.stop();
    }
  });
});
