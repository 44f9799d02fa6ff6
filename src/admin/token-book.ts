import { createHash, timingSafeEqual } from 'node:crypto';

/** What a token may do: read < operate < admin. `import` sends recordings and nothing else; operate and admin may, too. */
export type AdminScope = 'read' | 'operate' | 'admin' | 'import';

/** Who calls: the name of the token and its scope. */
export interface Actor {
  readonly name: string;
  readonly scope: AdminScope;
}

const ORDER: readonly AdminScope[] = ['read', 'operate', 'admin'];

/** True when `scope` includes `needed`. */
export function covers(scope: AdminScope, needed: AdminScope): boolean {
  if (scope === 'import') return needed === 'import';
  if (needed === 'import') return scope !== 'read';
  return ORDER.indexOf(scope) >= ORDER.indexOf(needed);
}

/** The admin tokens, kept as SHA-256 only; compared in constant time. */
export class TokenBook {
  readonly #entries: readonly { readonly hash: Buffer; readonly actor: Actor }[];

  constructor(
    tokens: readonly { readonly name: string; readonly token: string; readonly scope: AdminScope }[],
  ) {
    this.#entries = tokens.map(({ name, token, scope }) => ({ hash: sha256(token), actor: { name, scope } }));
  }

  /** Whose token this is; all are compared, so that time does not tell which came near. */
  identify(token: string): Actor | undefined {
    const hash = sha256(token);
    let found: Actor | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.hash, hash)) found ??= entry.actor;
    return found;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
