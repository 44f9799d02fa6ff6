/** Resolves in the next turn of the event loop: what waits for it goes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
