import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ImportDesk } from '../../src/recordings/archive/import-desk.js';
import { archiveRig } from './archive-rig.js';

/** Of each tar. */
const PIECES = 4;

/**
 * Takes the tars of a folder in pieces, as servers send them, and imports them. Kills itself hard after so many steps: a
 * step of an import in the journal, or a piece that has come, whatever else is going on then.
 */
async function main([root = '', tars = '', most = '']: readonly string[]): Promise<void> {
  let steps = 0;
  const count = (): void => {
    if (++steps === Number(most)) process.kill(process.pid, 'SIGKILL');
  };
  const rig = await archiveRig({ root });
  const { recordingImports } = rig.store;
  const save = recordingImports.saveImport.bind(recordingImports);
  recordingImports.saveImport = async (entry) => {
    await save(entry);
    count();
  };
  await rig.importer.start();
  const desk = new ImportDesk({ importer: rig.importer, folders: rig.folders, maxBytes: 10_000_000 });
  for (const name of readdirSync(tars)) {
    const tar = readFileSync(join(tars, name));
    const sha256 = createHash('sha256').update(tar).digest('hex');
    let { step, offset } = await desk.status(sha256);
    while (step === 'arriving') {
      const piece = tar.subarray(offset, offset + Math.ceil(tar.length / PIECES));
      const content = Readable.from([piece]);
      ({ step, offset } = await desk.takePiece(content, name, { sha256, sizeBytes: tar.length, offset }));
      count();
    }
  }
  await rig.importer.settled();
  await rig.archive.repair(new AbortController().signal);
  await rig.stop();
}

await main(process.argv.slice(2));
