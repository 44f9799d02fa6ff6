import { expect } from 'chai';
import { Registry } from 'prom-client';
import { creationMetrics } from '../../src/ops/creation-metrics.js';
import { writeExposition } from '../../src/ops/exposition.js';
import { MetricBook } from '../../src/ops/metric-book.js';

describe('creationMetrics', () => {
  it('keeps waits for the same meeting and for the first polls apart', async () => {
    const registry = new Registry();
    const book = MetricBook.over(registry);
    const hooks = creationMetrics(book.under('Test'));
    hooks.createWaited('same-meeting', 0.2);
    hooks.createWaited('same-meeting', 0.3);
    hooks.createWaited('first-polls', 4);
    hooks.passedOver('bbb1', 'above-ceiling');
    hooks.serverProbed('bbb1', 'lost');
    const text = String(await writeExposition(registry, 'text'));
    for (const line of [
      'ballast_create_wait_seconds_bucket{le="0.25"} 1',
      'ballast_create_wait_seconds_count 2',
      'ballast_create_first_poll_wait_seconds_sum 4',
      'ballast_placement_passed_over_total{server="bbb1",reason="above-ceiling"} 1',
      'ballast_server_probes_total{server="bbb1",outcome="lost"} 1',
    ]) {
      expect(text).to.contain(`${line}\n`);
    }
    await book.begin({ servers: () => [] });
    expect(String(await writeExposition(registry, 'text'))).not.to.contain('bbb1');
  });
});
