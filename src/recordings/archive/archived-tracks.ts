import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ArchivedTrack } from '../archive-changes.js';
import { isMissing, type ArchiveFolders } from './archive-folders.js';
import type { ArchivedRecording } from './archived-recording.js';

const MAX_TRACKS = 1000;

/** captions.json of a presentation: `locale` and `localeName` as BBB publishes them, or the words of the API. */
const captions = z
  .array(
    z.object({
      locale: z.string().optional(),
      localeName: z.string().optional(),
      lang: z.string().optional(),
      label: z.string().optional(),
      kind: z.string().default('subtitles'),
      source: z.string().default('live'),
    }),
  )
  .max(MAX_TRACKS);

/** The text tracks that came with a recording, with paths for addresses; none when it has no captions.json that can be read. */
export async function archivedTracks(
  { recordId, isPublished }: Pick<ArchivedRecording, 'recordId' | 'isPublished'>,
  folders: ArchiveFolders,
): Promise<readonly ArchivedTrack[]> {
  const parsed = captions.safeParse(
    await readJson(join(folders.format(isPublished, 'presentation', recordId), 'captions.json')),
  );
  if (!parsed.success) return [];
  return parsed.data.flatMap(
    ({ locale, localeName, lang = locale, label = localeName ?? lang, kind, source }) => {
      if (lang === undefined || label === undefined || !/^[A-Za-z0-9_-]{1,35}$/.test(locale ?? lang))
        return [];
      const href = `/presentation/${recordId}/caption_${locale ?? lang}.vtt`;
      return [{ href, kind, label, lang, source }];
    },
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
