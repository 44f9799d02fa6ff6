import type { RawQuery } from '../bbb/raw-query.js';
import type { ChangeCall } from './pending-change.js';

/** What one of the calls that change recordings wants. */
export type RecordingChange =
  | { readonly call: 'publishRecordings'; readonly isPublished: boolean }
  | {
      readonly call: 'updateRecordings';
      /** By lower-case key; an empty value takes the key away. */
      readonly metadata: ReadonlyMap<string, string>;
      /** `undefined`: stays as it is. */
      readonly isProtected: boolean | undefined;
    }
  /** Without a format: all of them, and the recording with them. */
  | { readonly call: 'deleteRecordings'; readonly format: string | undefined };

const META = 'meta_';

/** Reads a call's parameters as BBB does: what is not `true` is false, names of metadata are lowered. */
export function readChange(call: ChangeCall, query: RawQuery): RecordingChange {
  if (call === 'publishRecordings') return { call, isPublished: isTrue(query.get('publish')) };
  if (call === 'deleteRecordings') {
    const format = query.get('format')?.trim();
    return { call, format: format === '' ? undefined : format };
  }
  const metadata = new Map<string, string>();
  for (const name of query.names()) {
    if (!name.startsWith(META) || name.length === META.length) continue;
    metadata.set(name.slice(META.length).toLowerCase(), (query.get(name) ?? '').trim());
  }
  const isGiven = query.has('protect') && query.get('protect') !== '';
  return { call, metadata, isProtected: isGiven ? isTrue(query.get('protect')) : undefined };
}

function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}
