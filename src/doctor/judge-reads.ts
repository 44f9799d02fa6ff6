import type { CheckedServer } from './check-server.js';
import type { Finding, ServerCheck } from './report.js';

/** What servers do to lists of recordings whose own were never read. `unread` are their IDs. */
export function judgeReads(
  servers: readonly CheckedServer[],
  unread: ReadonlySet<string>,
): readonly Finding[] {
  return servers.flatMap(({ check }) => (unread.has(check.id) ? [findingOf(check)] : []));
}

function findingOf({ id, adminState, isReachable, isSecretRight }: ServerCheck): Finding {
  const about = { about: 'server', serverId: id } as const;
  if (adminState === 'disabled') {
    return {
      ...about,
      severity: 'note',
      message: 'its recordings were never read: they are missing in every list',
      advice: 'they are read as soon as it answers; if it never will, remove it',
    };
  }
  const isWell = isReachable && isSecretRight !== false;
  return {
    ...about,
    severity: 'fault',
    message: 'its recordings were never read: every getRecordings fails until they are',
    advice: isWell
      ? 'where it lasts longer than a start, the log says why (`were never read`)'
      : `bring it back, or \`ballast server disable ${id}\`: lists then lack what only it has`,
  };
}
