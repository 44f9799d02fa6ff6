import type { Command } from 'commander';
import type { ApplyAnswer, ClusterChange } from '../../admin/views.js';
import { listIn } from '../admin-client.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { expandCluster } from '../expand-cluster.js';
import { readCluster } from '../read-cluster.js';
import { renderTable } from '../table.js';
import type { Tone } from '../terminal.js';

const TONES: Readonly<Partial<Record<ClusterChange['action'], Tone>>> = {
  create: 'good',
  update: 'warning',
  cordon: 'warning',
  remove: 'bad',
  unchanged: 'faint',
};

/** `apply`: brings a running balancer to what a cluster file says. */
export function addApply(program: Command, context: CommandContext): void {
  program
    .command('apply')
    .description('bring servers and tenants to what a cluster file says')
    .argument('<cluster>', 'YAML or JSON file with Server and Tenant documents; - reads standard input')
    .option('--dry-run', 'only print what would change')
    .option(
      '--prune',
      'remove what the file does not list; a server with running meetings is cordoned instead',
    )
    .action(async (file: string, options: { dryRun?: true; prune?: true }) => {
      const client = context.connect();
      const { text: given, directory } = await readCluster(file, context.terminal);
      const text = expandCluster(given, { env: context.terminal.env, directory });
      const answer = await client({
        method: 'POST',
        path: '/apply',
        query: { dryRun: options.dryRun && 'true', prune: options.prune && 'true' },
        body: { contentType: 'application/yaml', text },
        timeoutMs: 120_000,
      });
      listIn(answer, 'changes');
      printAnswer(context, answer, () => describe(answer as ApplyAnswer, context));
    });
}

function describe({ changes, dryRun }: ApplyAnswer, { terminal }: CommandContext): string {
  const real = changes.filter(({ action }) => action !== 'unchanged');
  const rest = changes.length - real.length;
  const table = renderTable<ClusterChange>(
    terminal,
    [
      { title: 'ACTION', value: ({ action }) => action, tone: ({ action }) => TONES[action] },
      { title: 'KIND', value: ({ kind }) => kind },
      { title: 'ID', value: ({ id }) => id },
      { title: 'DETAIL', value: ({ detail }) => detail },
    ],
    real,
  );
  const summary =
    real.length === 0
      ? `Nothing to change (${rest} as they are).`
      : `${real.length} ${dryRun ? 'would change (dry run: nothing was done)' : 'changed'}, ${rest} as they are.`;
  return `${real.length === 0 ? '' : table}${summary}\n`;
}
