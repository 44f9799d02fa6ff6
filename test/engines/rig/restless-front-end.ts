import { setTimeout as sleep } from 'node:timers/promises';
import { FrontEnd } from '../../../src/sim/demo/front-end.js';

const ROOMS = Array.from({ length: 12 }, (_, index) => `restless-${index + 1}`);
const EVERY_MS = 1_000;
const AT_ONCE = 8;

/**
 * A front end beside the one of a demo, which it finds by what the demo prints. It creates the same rooms again each second,
 * running or not: those of a server that dies are placed anew.
 */
export class RestlessFrontEnd {
  readonly #frontEnd: FrontEnd;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;

  constructor(printed: string) {
    const url = /^BBB API +(\S+)\/$/m.exec(printed)?.[1] ?? '';
    this.#frontEnd = new FrontEnd(url, /^secret +(\S+)$/m.exec(printed)?.[1] ?? '');
    this.#loop = this.#run();
  }

  /** Asks for a meeting that is gone, signs wrongly, and creates one meeting several times at once. */
  async makeMistakes(room: string): Promise<void> {
    const wrong = this.#frontEnd.sign('getMeetings').replace(/checksum=.*/, 'checksum=0000');
    await Promise.all([
      ...Array.from({ length: AT_ONCE }, () => this.#frontEnd.create(room, 1)),
      fetch(this.#frontEnd.sign('getMeetingInfo', { meetingID: 'gone' })),
      fetch(wrong),
    ]);
  }

  /** Creates no more; resolves once the last creates are answered. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#loop;
    await this.#frontEnd.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await Promise.all(ROOMS.map((room) => this.#frontEnd.create(room, undefined)));
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
