import { serverDocument } from '../../admin/cluster-schema.js';
import { describeIssues } from '../../admin/cluster-faults.js';
import type { CarriedOver } from './carried-over.js';
import type { ExportEntry } from './read-export.js';
import { literalSecret } from './literal-secret.js';

const KNOWN = ['id', 'url', 'secret', 'enabled', 'state', 'load_multiplier', 'tag'];
/** What Scalelite measures or notes: Ballast finds it out by itself. */
const MEASURED = ['load', 'online', 'bbb_version', 'meetings', 'users', 'largest_meeting', 'videos'];

/** Servers of `rake servers:yaml` or `GET getServers` as documents of a cluster file. */
export function carryServers(entries: readonly ExportEntry[]): CarriedOver {
  const documents: object[] = [];
  const leftOut: string[] = [];
  const notes: string[] = [];
  const urls = new Map<unknown, string>();
  for (const [index, given] of entries.entries()) {
    // The file of the old `servers:addAll` has no IDs.
    const id = given.id ?? hostOf(given.url);
    const entry = id === undefined ? given : { ...given, id };
    const name = id === undefined ? `server ${index + 1} of the list` : `server ${id}`;
    const document = documentOf(entry, name, notes);
    const parsed = serverDocument.safeParse(document);
    if (!parsed.success) {
      const faults = describeIssues(parsed.error.issues, document, () => []);
      leftOut.push(`${name}: ${faults.join('; ')}`);
    } else if (entry.secret === undefined) leftOut.push(`${name}: it has no secret`);
    else if (urls.has(parsed.data.url))
      leftOut.push(`${name}: it has the URL of ${urls.get(parsed.data.url) ?? ''}`);
    else {
      urls.set(parsed.data.url, name);
      documents.push(document);
    }
  }
  const tagged = entries.filter(({ tag }) => tag !== undefined).map(({ id, url }) => id ?? hostOf(url) ?? '');
  if (tagged.length > 0) {
    notes.push(
      `${tagged.join(', ')}: Scalelite gives a tagged server only meetings that ask for its tag; Ballast gives it any ` +
        'meeting that asks for no other tag. To keep it apart, tag the others too and name their tag in "servers" of each tenant.',
    );
  }
  return { documents, leftOut, notes };
}

function documentOf(entry: ExportEntry, name: string, notes: string[]): object {
  const { id, secret, tag, load_multiplier: given } = entry;
  const unknown = Object.keys(entry).filter((key) => !KNOWN.includes(key) && !MEASURED.includes(key));
  if (unknown.length > 0) notes.push(`${name}: Ballast knows nothing like ${unknown.join(', ')}`);
  const loadMultiplier = Number(given ?? 1);
  const isUsable = loadMultiplier > 0 && loadMultiplier <= 1000;
  if (!isUsable) notes.push(`${name}: load_multiplier is not from above 0 to 1000; it has 1 now`);
  const isTag = tag !== undefined && /^[^\s,!]{1,64}$/.test(tag);
  if (tag !== undefined && !isTag) notes.push(`${name}: its tag holds blanks, commas or "!" and is left out`);
  const state = stateOf(entry);
  return {
    kind: 'Server',
    id,
    // Scalelite's own default.
    url: entry.url ?? `https://${id ?? ''}/bigbluebutton/api`,
    ...(secret === undefined ? {} : { secret: literalSecret(secret) }),
    ...(isUsable && loadMultiplier !== 1 ? { loadMultiplier } : {}),
    ...(isTag ? { tags: [tag] } : {}),
    ...(state === 'enabled' ? {} : { state }),
  };
}

/** In its file `enabled: false` means cordoned; its API names the state. */
function stateOf({ enabled, state }: ExportEntry): 'enabled' | 'cordoned' | 'disabled' {
  if (enabled === 'false') return 'cordoned';
  return state === 'cordoned' || state === 'disabled' ? state : 'enabled';
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}
