interface HookRow {
  tenant_id: string;
  id: number;
  callback_url: string;
  meeting_id: string | null;
  /** JSON. */
  event_ids: string;
  created_at: number;
  failing_since: number | null;
  failing_at: number | null;
  failing_count: number | null;
}

interface HookIdRow {
  tenant_id: string;
  /** The greatest ID ever given to a hook of the tenant. */
  newest: number;
}

interface ServerHookRow {
  server_id: string;
  token: string;
  callback_url: string | null;
  hook_id: string | null;
}

/** The tables of webhooks, part of the Database. */
export interface HookTables {
  hooks: HookRow;
  hook_ids: HookIdRow;
  server_hooks: ServerHookRow;
}
