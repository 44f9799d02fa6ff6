import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Store } from '../../../src/store/open-store.js';
import {
  archiveRig,
  metadataXml,
  recordIdOf,
  recordingTar,
  tarOf,
  type ArchiveRig,
} from '../../support/archive-rig.js';

const FIRST = recordIdOf('first');
const SECOND = recordIdOf('second');
const THIRD = recordIdOf('third');
const THIRD_GOOD = { [`presentation/${THIRD}/metadata.xml`]: metadataXml(THIRD) };
const THIRD_FAULTY = { [`video/${THIRD}/metadata.xml`]: '<recording>' };

/** Thrown by everything after the cut: nothing of the process works any more. */
class Cut extends Error {}

/** Lets `left` steps pass (reads, writes, moves), each one cut before or after it is done, then none. */
class Scissors {
  #left: number;

  constructor(left: number) {
    this.#left = left;
  }

  get hasCut(): boolean {
    return this.#left < 0;
  }

  async around<T>(work: () => Promise<T>): Promise<T> {
    this.#check();
    this.#left -= 1;
    this.#check();
    const result = await work();
    this.#check();
    this.#left -= 1;
    this.#check();
    return result;
  }

  #check(): void {
    if (this.hasCut) throw new Cut('cut');
  }

  /** The same object with every method cut. */
  wrap<T extends object>(target: T, names: readonly (keyof T & string)[]): T {
    const wrapped = Object.create(target) as T;
    for (const name of names) {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>;
      Object.defineProperty(wrapped, name, {
        value: (...given: unknown[]) => this.around(() => method.apply(target, given)),
      });
    }
    return wrapped;
  }
}

function cutStore(store: Store, scissors: Scissors): Store {
  const archive = scissors.wrap(store.archive, [
    'findArchived',
    'saveArchived',
    'removeArchived',
    'listBreakouts',
  ]);
  const recordings = scissors.wrap(store.recordings, [
    'saveRecordings',
    'removeRecordings',
    'knownRecordings',
  ]);
  const recordingImports = scissors.wrap(store.recordingImports, ['findImport', 'listImports', 'saveImport']);
  return Object.create(store, {
    archive: { value: archive },
    recordings: { value: recordings },
    recordingImports: { value: recordingImports },
  }) as Store;
}

function filesBelow(root: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    files[relative(root, path)] =
      `${statSync(path).mode & 0o777} ${readFileSync(path).toString('base64').slice(0, 40)}`;
  }
  return files;
}

async function stateOf(rig: ArchiveRig): Promise<unknown> {
  const entries = await rig.store.recordings.findRecordings([FIRST, SECOND, THIRD]);
  return {
    files: filesBelow(rig.folders.root),
    index: entries
      .map(({ recordId, state, xml, digest }) => [recordId, state, xml.toString(), digest])
      .sort(),
    archived: await Promise.all([FIRST, SECOND, THIRD].map((id) => rig.archive.find(id))),
    imports: (
      await rig.store.recordingImports.listImports([
        'received',
        'unpacked',
        'moved',
        'indexed',
        'done',
        'failed',
      ])
    )
      // Not its name: that is lost where an archive came whole and the journal was not written.
      .map(({ id, step, reason }) => [id, step, reason])
      .sort(),
  };
}

describe('an import that is cut', function () {
  this.timeout(120_000);
  const tars = async (): Promise<readonly [string, Buffer][]> => [
    ['first', await recordingTar(FIRST, ['presentation', 'video'])],
    ['first again', await recordingTar(FIRST, ['presentation'], { content: 'better' })],
    ['second', await recordingTar(SECOND, ['notes'], { isPublished: false })],
    ['third', await tarOf({ ...THIRD_GOOD, ...THIRD_FAULTY })],
    ['broken', Buffer.alloc(1024, 'x')],
  ];

  /** Everything to its end, without cuts. */
  const finish = async (rig: ArchiveRig): Promise<void> => {
    await rig.importer.start();
    await rig.importer.settled();
    await rig.archive.repair(new AbortController().signal);
    for (const [name, tar] of await tars()) await rig.importTar(tar, name);
  };

  /** Until the cut, at which everything of this run is lost but disk and store. */
  const runUntilCut = async (root: string, steps: number): Promise<void> => {
    const plain = await archiveRig({ root });
    const scissors = new Scissors(steps);
    const rig = await archiveRig({
      root,
      store: cutStore(plain.store, scissors),
      announce: () => scissors.around(async () => undefined),
    });
    try {
      await rig.importer.start();
      await rig.importer.settled();
      await rig.archive.repair(new AbortController().signal);
      for (const [name, tar] of await tars()) {
        if (scissors.hasCut) break;
        await rig.importTar(tar, name);
      }
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
    } finally {
      await rig.importer.stop();
      await plain.store.close();
    }
  };

  it('ends in the same state wherever it is cut, however often', async () => {
    const whole = await archiveRig();
    let wanted: unknown;
    try {
      await finish(whole);
      wanted = await stateOf(whole);
    } finally {
      await whole.remove();
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 3 }),
        async (cuts) => {
          const first = await archiveRig();
          await first.stop();
          for (const steps of cuts) await runUntilCut(first.root, steps);
          const rig = await archiveRig({ root: first.root });
          try {
            await finish(rig);
            expect(await stateOf(rig)).to.deep.equal(wanted);
          } finally {
            await rig.remove();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
