import { RawQuery } from '../bbb/raw-query.js';
import type { ChangeCall, PendingChange } from './pending-change.js';

/** What is to become of changes that wait for a holder. */
export interface ChangePlan {
  readonly gone: readonly PendingChange[];
  readonly kept: readonly PendingChange[];
}

type AskedChange = Pick<PendingChange, 'call' | 'query'>;

/** After a change was made: what waits and says the contrary, or the same, must not be done any more. */
export function afterDone(waiting: readonly PendingChange[], call: ChangeCall, query: string): ChangePlan {
  const gone: PendingChange[] = [];
  const kept: PendingChange[] = [];
  for (const change of waiting) {
    if (isReplaced(change, { call, query })) gone.push(change);
    else if (change.call === call) {
      const left = withoutDone(change, query);
      if (left === undefined) gone.push(change);
      else if (left !== change.query) kept.push({ ...change, query: left });
    }
  }
  return { gone, kept };
}

/** After a change could not be made: it waits from now on, instead of what it replaces. */
export function toBeKept(waiting: readonly PendingChange[], change: PendingChange): ChangePlan {
  const gone = waiting.filter((it) => it.call !== change.call && isReplaced(it, change));
  const same = waiting.find(({ call }) => call === change.call);
  if (same === undefined || isReplaced(same, change)) return { gone, kept: [change] };
  // With the recording that is to go, its formats go.
  if (change.call === 'deleteRecordings' && formatsOf(same).length === 0) return { gone, kept: [] };
  return { gone, kept: [{ ...change, query: joined(same, change) }] };
}

/** The formats that a delete names; none of them: the whole recording. One that waits may name several. */
export function formatsOf({ query }: Pick<PendingChange, 'query'>): readonly string[] {
  const named = RawQuery.parse(query)
    .getAll('format')
    .map((format) => format.trim());
  return [...new Set(named.filter((format) => format !== ''))];
}

/**
 * A delete of a whole recording ends everything; publish takes the place of another publish and of such a delete. Metadata and
 * single formats are in nobody's way.
 */
function isReplaced(waiting: AskedChange, later: AskedChange): boolean {
  if (isWholeDelete(later)) return true;
  return later.call === 'publishRecordings' && (waiting.call === later.call || isWholeDelete(waiting));
}

function isWholeDelete(change: AskedChange): boolean {
  return change.call === 'deleteRecordings' && formatsOf(change).length === 0;
}

/** What is left of a waiting update, or delete of formats, once another was made; `undefined`: nothing. */
function withoutDone(waiting: AskedChange, done: string): string | undefined {
  if (waiting.call === 'updateRecordings') {
    const left = RawQuery.parse(waiting.query).without(...RawQuery.parse(done).names());
    return left.names().length === 0 ? undefined : left.toString();
  }
  const before = formatsOf(waiting);
  // A whole recording that is to go does not stay for want of one format.
  if (before.length === 0) return waiting.query;
  const made = formatsOf({ query: done });
  const left = before.filter((format) => !made.includes(format));
  if (left.length === before.length) return waiting.query;
  return left.length === 0 ? undefined : withFormats(waiting.query, left);
}

/** Both in one: the later value of a key wins. */
function joined(earlier: AskedChange, later: AskedChange): string {
  if (later.call === 'deleteRecordings') {
    return withFormats(later.query, [...new Set([...formatsOf(earlier), ...formatsOf(later)])]);
  }
  const left = RawQuery.parse(earlier.query).without(...RawQuery.parse(later.query).names());
  return [left.toString(), later.query].filter((part) => part !== '').join('&');
}

function withFormats(query: string, formats: readonly string[]): string {
  let result = RawQuery.parse(query).without('format');
  for (const format of formats) result = result.append('format', format);
  return result.toString();
}
