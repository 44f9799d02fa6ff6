import type { ChangeCall, PendingChange } from '../../src/recordings/pending-change.js';

const CALLS: Readonly<Record<string, ChangeCall>> = {
  publish: 'publishRecordings',
  update: 'updateRecordings',
  delete: 'deleteRecordings',
};

/** One that waits: `publish publish=true`, `update meta_a=1`, `delete`. */
export function pendingChange(what: string, changes: Partial<PendingChange> = {}): PendingChange {
  const [name = '', query = ''] = what.split(' ');
  const call = CALLS[name] ?? 'deleteRecordings';
  return { recordId: 'a', serverId: 'bbb1', call, query, askedAt: 0, attempts: 0, dueAt: 0, ...changes };
}
