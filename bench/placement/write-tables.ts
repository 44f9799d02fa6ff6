import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

const BEGIN = '<!-- tables:begin -->';
const END = '<!-- tables:end -->';

/** Replaces what stands between the markers of README.md here. Throws when one of them is missing. */
export async function writeTables(text: string, seconds: number): Promise<void> {
  const file = new URL('./README.md', import.meta.url);
  const [before, rest] = (await readFile(file, 'utf8')).split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`bench/placement/README.md has lost ${BEGIN} or ${END}`);
  }
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}`;
  const header = `${new Date().toISOString().slice(0, 10)}, ${machine}, ${Math.round(seconds)} s.`;
  await writeFile(file, `${before}${BEGIN}\n${header}\n\n${text}\n${END}${after}`);
}
