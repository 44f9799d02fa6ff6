import { byId } from '../by-id.js';
import type { Assessment } from '../predict-load.js';
import type { Ordering, PolicyContext } from './policy.js';

/**
 * Lowest score first, ID breaks ties; then one drawn at random among those within `tolerance` of the lowest moves to
 * the front, so that replicas with equal tables do not all take the same server.
 */
export function orderByScore(
  servers: readonly Assessment[],
  score: (server: Assessment) => number,
  tolerance: number,
  { random }: PolicyContext,
): Ordering {
  const scored = servers.map((server) => ({ server, value: score(server) }));
  // Infinity stands for unknown, and Infinity − Infinity is NaN: those are equal as well.
  scored.sort((a, b) => a.value - b.value || byId(a.server, b.server));
  const order = scored.map(({ server }) => server);
  const highest = (scored[0]?.value ?? 0) + tolerance;
  const firstWorse = scored.findIndex(({ value }) => value > highest);
  const tied = firstWorse === -1 ? order.length : firstWorse;
  const drawn = Math.min(tied - 1, Math.floor(random() * tied));
  if (drawn > 0) order.unshift(...order.splice(drawn, 1));
  return { order, tied };
}
