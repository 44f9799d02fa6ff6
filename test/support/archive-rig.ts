import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack, type Header } from 'tar-stream';
import { silentLogger, type Logger } from '../../src/log.js';
import { ArchiveFolders } from '../../src/recordings/archive/archive-folders.js';
import type { ArchivedRecording } from '../../src/recordings/archive/archived-recording.js';
import { RecordingArchive } from '../../src/recordings/archive/recording-archive.js';
import { RecordingImporter, type ImportOutcome } from '../../src/recordings/archive/recording-importer.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { recordingTenant } from '../../src/tenants/tenant-mark.js';

/** A record ID as BBB makes them, from a short name. */
export function recordIdOf(name: string, startTime = 1_700_000_000_000): string {
  return `${createHash('sha1').update(name).digest('hex')}-${startTime}`;
}

export interface MetadataOptions {
  readonly format?: string;
  readonly meetingId?: string;
  readonly isPublished?: boolean;
  readonly endTime?: number;
  /** XML below `<recording>`, and below `<meta>`. */
  readonly extra?: string;
  readonly meta?: string;
}

/** A metadata.xml as BBB 2.7 writes it. */
export function metadataXml(recordId: string, options: MetadataOptions = {}): string {
  const {
    format = 'presentation',
    meetingId = 'room-1',
    isPublished = true,
    extra = '',
    meta = '',
  } = options;
  const endTime = options.endTime ?? 1_700_000_600_000;
  const link = format === 'presentation' ? `playback/presentation/2.3/${recordId}` : `${format}/${recordId}/`;
  return `<?xml version="1.0"?>
<recording>
  <id>${recordId}</id>
  <state>published</state>
  <published>${String(isPublished)}</published>
  <start_time>1700000000000</start_time>
  <end_time>${endTime}</end_time>
  <participants>3</participants>
  <meeting id="${recordId}" externalId="${meetingId}" name="Fred's Room" breakout="false"/>
  <meta><meetingId>${meetingId}</meetingId><meetingName>Fred's Room &amp; more</meetingName><isBreakout>false</isBreakout>${meta}</meta>
  <playback>
    <format>${format}</format>
    <link>https://bbb1.example.org/${link}</link>
    <processing_time>7177</processing_time>
    <duration>600000</duration>
    <size>168019</size>
    <extensions><preview><images><image width="176" height="136" alt="Welcome">https://bbb1.example.org/presentation/${recordId}/thumb-1.png</image></images></preview><chapters count="2"/></extensions>
  </playback>
  <raw_size>951067</raw_size>${extra}
</recording>
`;
}

/** A tar of these files and whatever entries else. */
export async function tarOf(
  files: Readonly<Record<string, string | Buffer>>,
  entries: readonly (Partial<Header> & Pick<Header, 'name'>)[] = [],
): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    tar.entry({ name, mtime: new Date(1_700_000_000_000) }, content);
  }
  for (const entry of entries) tar.entry(entry, '');
  tar.finalize();
  return buffer(tar);
}

/** A tar as the servers send it: one or more formats of a recording, each with its metadata.xml and two files. */
export async function recordingTar(
  recordId: string,
  formats: readonly string[] = ['presentation'],
  options: MetadataOptions & { readonly content?: string } = {},
): Promise<Buffer> {
  const { content = 'slides' } = options;
  const files: Record<string, string | Buffer> = {};
  for (const format of formats) {
    const folder = `${format}/${recordId}`;
    files[`${folder}/metadata.xml`] = metadataXml(recordId, { ...options, format });
    files[`${folder}/content.txt`] = `${content} of ${format}`;
    files[`${folder}/video/webcams.webm`] = Buffer.alloc(5000, 7);
  }
  return tarOf(files);
}

export interface ArchiveRigOptions {
  readonly tenants?: readonly string[];
  readonly protectNew?: boolean;
  readonly maxBytes?: number;
  readonly now?: () => number;
  /** Of an earlier rig, to go on in. */
  readonly root?: string;
  readonly announce?: (recording: ArchivedRecording) => Promise<void>;
  readonly store?: Store;
  /** In the place of its own, below `root`. */
  readonly folders?: ArchiveFolders;
  /** Of importer and archive. */
  readonly logger?: Logger;
}

/** An archive with its importer on a folder and a store of its own. */
export async function archiveRig(options: ArchiveRigOptions = {}) {
  const { tenants = [], protectNew = false, maxBytes = 10_000_000, now = Date.now } = options;
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'ballast-archive-')));
  const store =
    options.store ?? (await openStore(`sqlite:${join(root, 'ballast.db')}`, { logger: silentLogger }));
  const folders = options.folders ?? new ArchiveFolders(join(root, 'recordings'));
  await folders.prepare();
  const announced: string[] = [];
  const outcomes: ImportOutcome[] = [];
  const archive = new RecordingArchive({
    store: store.archive,
    index: store.recordings,
    folders,
    tenantOf: (scopedId, mark) =>
      tenants.length === 0 ? 'default' : recordingTenant(scopedId, mark, (id) => tenants.includes(id)),
    isSingleTenant: () => tenants.length === 0,
    restoreUrls: async (xml) => xml,
    protectNew,
    now,
    logger: options.logger ?? silentLogger,
  });
  const importer = new RecordingImporter({
    journal: store.recordingImports,
    archive,
    folders,
    maxBytes,
    announce:
      options.announce ??
      (async ({ recordId }) => {
        announced.push(recordId);
      }),
    onOutcome: (outcome) => outcomes.push(outcome),
    isSynced: false,
    ...{ now, logger: options.logger ?? silentLogger },
  });
  /** Lays a tar down as if it had been received, and imports it. */
  const importTar = async (tar: Buffer, name = 'recording.tar'): Promise<string> => {
    const id = createHash('sha256').update(tar).digest('hex');
    await writeFile(folders.tar(id), tar);
    await importer.received(id, name);
    await importer.settled();
    return id;
  };
  const stop = async (): Promise<void> => {
    await importer.stop();
    await archive.stop();
    await store.close();
  };
  return {
    ...{ root, store, folders, archive, importer, announced, outcomes, importTar, stop },
    remove: async () => {
      await stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export type ArchiveRig = Awaited<ReturnType<typeof archiveRig>>;
