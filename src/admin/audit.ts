/** One changing call of the admin API: who did what to what. Never holds a secret. */
export interface AuditEntry {
  /** ms since 1970. */
  readonly at: number;
  /** Name of the token. */
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
}

/** Where the audit trail is kept. */
export interface AuditStore {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly AuditEntry[]>;
}
