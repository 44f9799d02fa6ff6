/** Runs a read or a write and tells how long it took. */
export type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** The same list in portions, each of them one operation. */
export async function* timedPortions<T>(list: AsyncIterable<T>, read: Timed): AsyncIterable<T> {
  const portions = list[Symbol.asyncIterator]();
  for (;;) {
    const portion = await read(() => portions.next());
    if (portion.done === true) return;
    yield portion.value;
  }
}
