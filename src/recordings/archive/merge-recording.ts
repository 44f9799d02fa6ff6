import { ELEMENT_NAME } from '../element-parts.js';
import { NOBODY } from '../recording-index.js';
import type { ArchivedRecording, ImportedRecording } from './archived-recording.js';

/** The row once one more format of it was imported; `tenantId` is to be told by others. */
export function mergeImport(
  known: ArchivedRecording | undefined,
  entry: ImportedRecording,
  protectNew: boolean,
): ArchivedRecording {
  const { playback, isPublished, metadata, ...facts } = entry;
  const others = known?.formats.filter(({ format }) => format !== playback.format) ?? [];
  return {
    ...facts,
    tenantId: known?.tenantId ?? NOBODY,
    isPublished: isPublishedAfter(known, { isPublished }),
    isPublishedByCall: known?.isPublishedByCall ?? false,
    isProtected: known?.isProtected ?? protectNew,
    // What the front end has changed since then stays.
    metadata: known?.metadata ?? metadata,
    formats: [...others, playback].sort((a, b) => (a.format < b.format ? -1 : 1)),
  };
}

/** Whether a recording is published once this was imported: what a front end said stays. */
export function isPublishedAfter(
  known: ArchivedRecording | undefined,
  entry: Pick<ImportedRecording, 'isPublished'>,
): boolean {
  return known?.isPublishedByCall === true ? known.isPublished : entry.isPublished;
}

/** Metadata after updateRecordings: keys of changes are lowered, an empty value takes a key away, the spelling that is there stays. */
export function changedMetadata(
  metadata: Readonly<Record<string, string>>,
  changes: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const spelling = new Map(Object.keys(metadata).map((key) => [key.toLowerCase(), key]));
  const result = new Map(Object.entries(metadata));
  for (const [key, value] of changes) {
    const name = spelling.get(key) ?? key;
    if (value === '') result.delete(name);
    else if (ELEMENT_NAME.test(name)) result.set(name, value);
  }
  return Object.fromEntries(result);
}
