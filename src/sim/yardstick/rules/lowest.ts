/** Those with the lowest score, in the order given; empty for none. Infinity is a score like another. */
export function lowest<T>(servers: Iterable<T>, score: (server: T) => number): readonly T[] {
  let best = Number.POSITIVE_INFINITY;
  let found: T[] = [];
  for (const server of servers) {
    const value = score(server);
    if (value > best) continue;
    if (value < best) found = [];
    best = value;
    found.push(server);
  }
  return found;
}

/** One of several at random, the first for `random() = 0`; `undefined` of none. */
export function drawOne<T>(servers: readonly T[], random: () => number): T | undefined {
  return servers[Math.floor(random() * servers.length)];
}
