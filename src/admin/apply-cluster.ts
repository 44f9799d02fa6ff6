import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ClusterDocument, parseCluster } from './cluster-document.js';
import type { ClusterDeps } from './deps.js';
import { type ClusterStep, planCluster } from './plan-cluster.js';
import { meetingsOn } from './running-meetings.js';
import type { ApplyAnswer, ClusterChange } from './views.js';

/** How a document is applied. */
export interface ApplyOptions {
  readonly prune: boolean;
  /** Only tells what would change. */
  readonly dryRun: boolean;
}

/**
 * Brings the cluster to what the document wants; it was validated as a whole before anything changes.
 * Throws ClusterError on a contradiction; a step that fails throws with what had been done by then as its message.
 */
export async function applyCluster(
  deps: ClusterDeps,
  wanted: ClusterDocument,
  options: ApplyOptions,
): Promise<ApplyAnswer> {
  const meetings = deps.meetings.list();
  const plan = planCluster(
    wanted,
    {
      servers: deps.pool.servers().map((server) => server.definition),
      tenants: deps.tenants.all(),
      meetingsOn: (id) => meetingsOn(deps.pool.server(id), meetings, id),
      meetingsOf: (id) => meetings.filter((meeting) => meeting.tenantId === id).length,
      isAdminToken: (text) => deps.tokens.identify(text) !== undefined,
    },
    options.prune,
  );
  if (!options.dryRun) await take(plan.steps, deps);
  return { changes: plan.changes, dryRun: options.dryRun };
}

/** `serve --apply`: reads the file (`${VAR}` and `secretFile` allowed) and applies it. Throws ClusterError or an Error naming the file. */
export async function applyClusterFile(
  deps: ClusterDeps,
  path: string,
  options: ApplyOptions & { readonly env: Readonly<Record<string, string | undefined>> },
): Promise<ApplyAnswer> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`the cluster file ${path} cannot be read`, { cause: error });
  }
  const wanted = parseCluster(text, { kind: 'file', directory: dirname(path), env: options.env });
  return applyCluster(deps, wanted, options);
}

/** One line for logs and the audit trail: `create Server bbb1, remove Tenant x`; empty when nothing changed. */
export function summarise(changes: readonly ClusterChange[]): string {
  const changed = changes.filter((change) => change.action !== 'unchanged');
  const shown = changed.slice(0, 20).map(({ action, kind, id }) => `${action} ${kind} ${id}`);
  return [...shown, ...(changed.length > 20 ? [`and ${changed.length - 20} more`] : [])].join(', ');
}

async function take(steps: readonly ClusterStep[], deps: ClusterDeps): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      if (step.kind === 'save-server') await deps.pool.save(step.server);
      else if (step.kind === 'save-tenant') await deps.tenants.save(step.tenant);
      else if (step.kind === 'remove-server') await deps.pool.remove(step.id);
      else await deps.tenants.remove(step.id);
    } catch (error) {
      throw new Error(`apply stopped after ${index} of ${steps.length} changes; apply again to finish it`, {
        cause: error,
      });
    }
  }
}
