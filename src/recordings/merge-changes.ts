import { RawQuery } from '../bbb/raw-query.js';
import type { ChangeCall, PendingChange } from './pending-change.js';

/** What is to become of changes that wait for a holder. */
export interface ChangePlan {
  readonly gone: readonly PendingChange[];
  readonly kept: readonly PendingChange[];
}

/** After a change was made: what waits and says the contrary, or the same, must not be done any more. */
export function afterDone(waiting: readonly PendingChange[], call: ChangeCall, query: string): ChangePlan {
  const gone: PendingChange[] = [];
  const kept: PendingChange[] = [];
  for (const change of waiting) {
    if (isReplaced(change.call, call)) gone.push(change);
    else if (call === 'updateRecordings' && change.call === call) {
      const left = RawQuery.parse(change.query).without(...RawQuery.parse(query).names());
      if (left.names().length === 0) gone.push(change);
      else kept.push({ ...change, query: left.toString() });
    }
  }
  return { gone, kept };
}

/** After a change could not be made: it waits from now on, instead of what it replaces. */
export function toBeKept(waiting: readonly PendingChange[], change: PendingChange): ChangePlan {
  const gone = waiting.filter(({ call }) => call !== change.call && isReplaced(call, change.call));
  const same = waiting.find(({ call }) => call === change.call);
  if (change.call !== 'updateRecordings' || same === undefined) return { gone, kept: [change] };
  const later = RawQuery.parse(change.query);
  const earlier = RawQuery.parse(same.query)
    .without(...later.names())
    .toString();
  const query = [earlier, change.query].filter((part) => part !== '').join('&');
  return { gone, kept: [{ ...change, query }] };
}

/** A delete ends everything; publish takes the place of another publish and of a delete. Metadata may always be set. */
function isReplaced(waiting: ChangeCall, later: ChangeCall): boolean {
  if (later === 'deleteRecordings') return true;
  return later === 'publishRecordings' && waiting !== 'updateRecordings';
}
