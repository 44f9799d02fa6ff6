import { StoreError } from './store-error.js';

/**
 * Makes one line a person can act on from what SQLite or the file system threw. `name` is the file's path.
 * Codes: https://www.sqlite.org/rescode.html and errno(3); extended codes begin with their primary code.
 */
export function describeSqliteError(error: unknown, name: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const cause = { cause: error };
  switch (primaryCode(code)) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new StoreError(
        'locked',
        `${name} is locked by another process; stop that process (a second Ballast, a backup, a sqlite3 shell) and try again.`,
        cause,
      );
    case 'SQLITE_NOTADB':
      return new StoreError(
        'not-a-database',
        `${name} is not a SQLite database; it was left as it is. Move it away, or name another file in "store".`,
        cause,
      );
    case 'SQLITE_CORRUPT':
      return new StoreError('damaged', `${name} is damaged (${message}); restore it from a backup.`, cause);
    case 'SQLITE_FULL':
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreError(
        'disk-full',
        `the disk that holds ${name} is full; free some space and try again. Nothing stored before was lost.`,
        cause,
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EEXIST':
    case 'ENOTDIR':
    case 'ENOENT':
      return new StoreError(
        'not-writable',
        `${name} cannot be written (${code ?? message}); let the user who runs Ballast write the file and its folder.`,
        cause,
      );
    default:
      return new StoreError(
        'failed',
        `${name} failed: ${message}${code === undefined ? '' : ` (${code})`}.`,
        cause,
      );
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function primaryCode(code: string | undefined): string | undefined {
  return code?.startsWith('SQLITE_') ? code.split('_').slice(0, 2).join('_') : code;
}
