import type { ReadPage } from './ask-recordings.js';
import type { RecordingElement } from './recording-element.js';
import type { ListOrder } from './recording-walks.js';

/** Recordings on a page of a whole walk: about a megabyte of XML. */
export const PAGE_SIZE = 250;

export interface PagesOptions {
  readonly ask: (wanted: { readonly offset: number; readonly limit: number }) => Promise<ReadPage>;
  readonly offset?: number;
  /** Recordings on a page. */
  readonly limit?: number;
}

/** A page, and only those of its recordings that no page before had. */
export interface NewPage extends ReadPage {
  readonly fresh: readonly RecordingElement[];
}

/**
 * A server's list, page by page, to its end. Servers differ: some know no offset or limit (BBB before 2.6), some give fewer
 * than they were asked for, on one page or on all. So the list ends with a page that has nothing new, or where the server says that
 * it does.
 */
export async function* recordingPages({
  ask,
  offset = 0,
  limit = PAGE_SIZE,
}: PagesOptions): AsyncGenerator<NewPage, void, void> {
  const seen = new Set<string>();
  let at = offset;
  for (;;) {
    const page = await ask({ offset: at, limit });
    const fresh = page.recordings.filter(({ recordId }) => !seen.has(recordId));
    if (fresh.length === 0) return;
    for (const { recordId } of fresh) seen.add(recordId);
    yield { ...page, fresh };
    const count = page.recordings.length;
    at += count;
    if (page.total !== undefined && at >= page.total) return;
    // More than was asked for: this server gives everything at once.
    if (count > limit) return;
  }
}

/** Tells how start times run along a list that is shown to it page by page. */
export class OrderWatch {
  #last: number | undefined;
  #falls = true;
  #rises = true;

  add(recordings: readonly RecordingElement[]): void {
    for (const { startTime } of recordings) {
      if (this.#last !== undefined && startTime > this.#last) this.#falls = false;
      if (this.#last !== undefined && startTime < this.#last) this.#rises = false;
      this.#last = startTime;
    }
  }

  get order(): ListOrder {
    if (this.#falls) return 'falling';
    return this.#rises ? 'rising' : 'none';
  }
}
