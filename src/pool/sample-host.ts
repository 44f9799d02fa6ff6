import type { ServerDefinition } from './server.js';

/** The host whose samples belong to a server that none carries the ID of: `metricsHost`, else the host of its URL. */
export function sampleHost({ metricsHost, url }: Pick<ServerDefinition, 'metricsHost' | 'url'>): string {
  return metricsHost ?? new URL(url).hostname;
}
