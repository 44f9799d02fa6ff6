import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { apiDashboard } from './api.js';
import { placementDashboard } from './placement.js';
import { poolDashboard } from './pool.js';
import { selfDashboard } from './self.js';
import { serverDashboard } from './server.js';

/** All dashboards. */
export function dashboards(): readonly Dashboard[] {
  return [poolDashboard(), serverDashboard(), placementDashboard(), apiDashboard(), selfDashboard()];
}

/** A dashboard as its file holds it. */
export function fileText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
