import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * Gauges of prom-client's default set that are left out: promtool refuses `_total` on what is no counter,
 * and the three lag values print NaN or the largest integer when nothing was measured between two scrapes.
 */
const LEFT_OUT = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_stddev_seconds',
  'nodejs_eventloop_lag_min_seconds',
];

/** Registers the metrics of the process and of Node that `promtool check metrics` accepts. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of LEFT_OUT) registry.removeSingleMetric(name);
}
