import { bbbError } from '../bbb/messages.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { RecordingFilter } from './recording-index.js';

/** What getRecordings was asked. */
export interface RecordingQuery {
  readonly filter: RecordingFilter;
  readonly offset: number;
  /** `undefined`: all. */
  readonly limit: number | undefined;
  /** The record IDs named, without the second readings of one that was encoded twice. */
  readonly recordIds: readonly string[];
}

const META = 'meta_';

/** Values in all lists of one kind together: as many as a query of the store takes with ease. */
const MOST_VALUES = 5_000;

/** Of a list without `state`. */
const DEFAULT_STATES = ['published', 'unpublished'];

/**
 * Reads the parameters of getRecordings: recordID wins over meetingID, `state` defaults to published and unpublished,
 * several values are joined by "or", several keys by "and". Lists may end in a comma or be encoded twice (WordPress).
 * Throws BbbError where lists are too long.
 */
export function readRecordingQuery(tenantId: string, query: RawQuery): RecordingQuery {
  const recordIds = commaLists(query.getAll('recordID'));
  const meetingIds = commaLists(query.getAll('meetingID'));
  const states = commaLists(query.getAll('state'));
  return {
    filter: {
      tenantId,
      ...idFilter(query, recordIds, meetingIds),
      ...(!states.includes('any') && { states: states.length > 0 ? states : DEFAULT_STATES }),
      metadata: metadataFilter(query),
    },
    offset: wholeNumber(query.get('offset')) ?? 0,
    limit: wholeNumber(query.get('limit')),
    recordIds: recordIds.filter((id) => !id.includes('%')),
  };
}

/**
 * The IDs in comma lists, each once; empty elements are none. What was encoded twice is read both ways. Throws BbbError for
 * too many.
 */
export function commaLists(values: readonly string[]): readonly string[] {
  const texts = values.flatMap((value) => [value, ...decodedAgain(value)]);
  return bounded([...new Set(texts.flatMap(elements))]);
}

function idFilter(
  query: RawQuery,
  recordIds: readonly string[],
  meetingIds: readonly string[],
): Pick<RecordingFilter, 'recordIds' | 'meetingIds'> {
  if (recordIds.length > 0) return { recordIds };
  if (meetingIds.length > 0) return { meetingIds };
  // A list of nothing but commas matches nothing, which is not the same as no list.
  const isAsked = [...query.getAll('recordID'), ...query.getAll('meetingID')].some((text) => text !== '');
  return isAsked ? { recordIds: [] } : {};
}

function metadataFilter(query: RawQuery): ReadonlyMap<string, readonly string[]> {
  const filter = new Map<string, readonly string[]>();
  for (const name of query.names()) {
    if (!name.startsWith(META) || name.length === META.length) continue;
    const key = name.slice(META.length).toLowerCase();
    // A value may hold a comma of its own.
    const values = query.getAll(name).flatMap((value) => [value.trim(), ...elements(value)]);
    filter.set(key, [...new Set([...(filter.get(key) ?? []), ...values])]);
  }
  bounded([...filter.values()].flat());
  return filter;
}

function bounded<Value>(values: readonly Value[]): readonly Value[] {
  if (values.length <= MOST_VALUES) return values;
  throw bbbError(
    'validationError',
    `A request may name at most ${MOST_VALUES} recordings, meetings or values.`,
  );
}

function elements(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function decodedAgain(text: string): readonly string[] {
  if (!text.includes('%')) return [];
  try {
    return [decodeURIComponent(text.replace(/\+/g, ' '))];
  } catch {
    // A percent sign that encodes nothing is a part of the ID.
    return [];
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
