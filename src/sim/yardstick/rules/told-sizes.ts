import type { KnownHost } from '../rule.js';

const MOST_STRENGTH = 10;

/**
 * How much a host's load counts where an administrator has told the balancer the sizes of servers: the pool's mean cores over
 * its own, so that 1 is a host like the others. For Scalelite's load multiplier, b3scale's load factor and the factors
 * of b3lb's clusters.
 */
export function loadFactors(hosts: readonly KnownHost[]): ReadonlyMap<string, number> {
  const meanCores = hosts.reduce((sum, { cores }) => sum + cores, 0) / hosts.length;
  return new Map(hosts.map(({ id, cores }) => [id, meanCores / cores]));
}

/** PILOS's strength by cores: whole numbers from 1 for the smallest host to at most 10. */
export function strengths(hosts: readonly KnownHost[]): ReadonlyMap<string, number> {
  const all = hosts.map(({ cores }) => cores);
  const unit = Math.max(Math.min(...all), Math.max(...all) / MOST_STRENGTH);
  return new Map(hosts.map(({ id, cores }) => [id, Math.max(1, Math.round(cores / unit))]));
}
