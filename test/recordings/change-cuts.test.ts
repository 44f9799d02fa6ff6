import { expect } from 'chai';
import fc from 'fast-check';
import type { BbbAnswer } from '../../src/bbb/bbb-answer.js';
import type { BbbRequest } from '../../src/bbb/bbb-request.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { silentLogger } from '../../src/log.js';
import { ChangeRetries, type ChangeRetriesDeps } from '../../src/recordings/change-retries.js';
import { RecordingChanges } from '../../src/recordings/recording-changes.js';
import { ServerTurns } from '../../src/recordings/server-turns.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { indexedRecording } from '../support/indexed-recording.js';
import { serverDefinition } from '../support/poll-xml.js';

const SERVERS = ['bbb1', 'bbb2', 'bbb3'];
const LATER_MS = 3_600_000;

/** Holders of one recording, and a Ballast whose life ends at any of its steps. */
class CutRig {
  readonly published = new Map(SERVERS.map((id) => [id, 'true']));
  readonly #store: Store;
  #down: ReadonlySet<string> = new Set();
  #stepsLeft = Infinity;
  #now = 1_000;

  constructor(store: Store) {
    this.#store = store;
  }

  /** One change, in a life that ends after so many steps. */
  async change(publish: boolean, down: readonly string[], steps: number): Promise<void> {
    this.#now += 1_000;
    this.#down = new Set(down);
    this.#stepsLeft = steps;
    const rest = { ask: async () => undefined, onKept: () => undefined };
    const changes = new RecordingChanges({ ...this.#deps(), ...rest });
    const query = RawQuery.parse(`recordID=a&publish=${publish}`);
    // What it is answered is another test's matter.
    await changes.change('default', 'publishRecordings', query).catch(() => undefined);
  }

  /** A new life in which every server answers, until nothing waits. */
  async recover(): Promise<void> {
    this.#down = new Set();
    this.#stepsLeft = Infinity;
    this.#now += LATER_MS;
    const retries = await ChangeRetries.load(this.#deps());
    await retries.retry(new AbortController().signal);
    expect(retries.pending).to.equal(0);
  }

  #deps(): ChangeRetriesDeps {
    const { recordings, recordingChanges: changes } = this.#store;
    return {
      client: { call: (server, request) => this.#call(server, request) },
      servers: () =>
        SERVERS.map((id) => ({ address: serverDefinition(id), isGone: false, isDisabled: false })),
      store: {
        findRecordings: (ids) => this.#step(() => recordings.findRecordings(ids)),
        saveRecordings: (entries) => this.#step(() => recordings.saveRecordings(entries)),
      },
      changes: {
        listChanges: () => this.#step(() => changes.listChanges()),
        findChanges: (id, ids) => this.#step(() => changes.findChanges(id, ids)),
        replaceChanges: (gone, kept) => this.#step(() => changes.replaceChanges(gone, kept)),
        keepChangesOf: (ids) => this.#step(() => changes.keepChangesOf(ids)),
      },
      ...{ readSoon: () => undefined, turns: new ServerTurns(), now: () => this.#now, logger: silentLogger },
    };
  }

  async #call({ id }: ServerAddress, { query }: BbbRequest): Promise<BbbAnswer> {
    return this.#step(async () => {
      if (this.#down.has(id)) throw new Error('down');
      this.published.set(id, RawQuery.parse(query).get('publish') ?? '');
      const rest = { contentType: undefined, location: undefined, dateMs: undefined, setCookies: [] };
      return { status: 200, body: Buffer.from(''), returnCode: 'SUCCESS', messageKey: undefined, ...rest };
    });
  }

  async #step<T>(work: () => Promise<T>): Promise<T> {
    if (this.#stepsLeft <= 0) throw new Error('cut');
    this.#stepsLeft -= 1;
    return work();
  }
}

describe('a change of recordings', () => {
  it('is the same on all holders in the end, wherever Ballast was cut', async () => {
    const change = fc.record({
      publish: fc.boolean(),
      down: fc.subarray(SERVERS),
      steps: fc.oneof(fc.nat({ max: 20 }), fc.constant(Infinity)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const store = await openStore('sqlite::memory:', { logger: silentLogger });
        try {
          await store.recordings.saveRecordings(
            SERVERS.map((serverId) => indexedRecording('a', { serverId, readAt: 1 })),
          );
          const rig = new CutRig(store);
          for (const { publish, down, steps } of changes) await rig.change(publish, down, steps);
          await rig.recover();
          expect(new Set(rig.published.values()).size, [...rig.published].join(' ')).to.equal(1);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
