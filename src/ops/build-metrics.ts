import type { MetricBook } from './metric-book.js';

/** What is running. */
export function buildMetrics(book: MetricBook, version: string): void {
  const info = book.gauge(
    'ballast_build_info',
    'Version of Ballast and of Node; always 1.',
    'version',
    'node_version',
  );
  info.set({ version, node_version: process.versions.node }, 1);
}
