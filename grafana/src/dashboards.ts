import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { poolDashboard } from './pool.js';
import { serverDashboard } from './server.js';

/** All dashboards. */
export function dashboards(): readonly Dashboard[] {
  return [poolDashboard(), serverDashboard()];
}

/** A dashboard as its file holds it. */
export function fileText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
