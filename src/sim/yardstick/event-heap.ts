/** What happens at a time, ms. */
export interface Timed {
  readonly at: number;
}

/** Events by time; those of one time come out in the order in which they went in. */
export class EventHeap<E extends Timed> {
  readonly #entries: { readonly event: E; readonly order: number }[] = [];
  #order = 0;

  /** Time of the next event; Infinity when there is none. */
  get nextAt(): number {
    return this.#entries[0]?.event.at ?? Infinity;
  }

  push(event: E): void {
    const entries = this.#entries;
    const entry = { event, order: this.#order++ };
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (!parent || comesBefore(parent, entry)) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  pop(): E | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (!first || !last || first === last) return first?.event;
    let index = 0;
    for (;;) {
      const [left, right] = [entries[2 * index + 1], entries[2 * index + 2]];
      const isRight = left !== undefined && right !== undefined && comesBefore(right, left);
      const child = isRight ? right : left;
      if (!child || comesBefore(last, child)) break;
      entries[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    entries[index] = last;
    return first.event;
  }
}

interface Entry {
  readonly event: Timed;
  readonly order: number;
}

function comesBefore(left: Entry, right: Entry): boolean {
  return left.event.at < right.event.at || (left.event.at === right.event.at && left.order < right.order);
}
