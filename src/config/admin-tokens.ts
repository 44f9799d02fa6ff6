import { z } from 'zod';
import type { AdminToken } from './config.js';
import { nearestName } from './nearest-name.js';
import type { Kind } from './setting-kinds.js';

const KEYS = ['name', 'token', 'scope'];
const SCOPES = ['read', 'operate', 'admin', 'import'] as const;

/** The list of admin tokens; faults name the entry and its key. */
export function adminTokens(): Kind<readonly AdminToken[]> {
  const entry = z.strictObject(
    {
      name: z
        .string({ error: 'a name for logs and the audit trail' })
        .trim()
        .min(1, 'a name of at least one character'),
      token: z
        .string({ error: 'a token: text without spaces' })
        .trim()
        .regex(/^[\x21-\x7e]+$/, 'a token: visible ASCII characters without spaces'),
      scope: z.enum(SCOPES, { error: `one of ${SCOPES.join(', ')}` }),
    },
    { error: describeEntryFault },
  );
  return {
    allowed: 'a list of { name, token, scope }, scope being read, operate, admin or import',
    schema: z.array(entry),
    form: 'json',
  };
}

function describeEntryFault(issue: { code?: string | undefined; keys?: readonly string[] }): string {
  const unknown = (issue.keys ?? []).map((key) => {
    const near = nearestName(key, KEYS);
    return `"${key}"${near === undefined ? '' : ` (did you mean ${near}?)`}`;
  });
  const keys = `the keys ${KEYS.join(', ')}`;
  return unknown.length === 0 ? `a mapping with ${keys}` : `${keys}; unknown is ${unknown.join(', ')}`;
}
