import type { Command } from 'commander';
import { parseCluster } from '../../admin/cluster-document.js';
import { getMeetingsUrl } from '../../admin/get-meetings-url.js';
import { CliError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { readCluster } from '../read-cluster.js';

/**
 * `telegraf-url`: the signed getMeetings URL for Telegraf. It is signed here, from the cluster file: a running balancer
 * gives no secret away.
 */
export function addTelegrafUrl(program: Command, context: CommandContext): void {
  program
    .command('telegraf-url')
    .description("print the signed URL Telegraf reads a server's meetings from (telegraf/bigbluebutton.conf)")
    .argument('<server>', 'ID of the server')
    .requiredOption(
      '--cluster <file>',
      'cluster file that lists the server and its secret; - reads standard input',
    )
    .action(async (id: string, { cluster }: { cluster: string }) => {
      const { text, directory } = await readCluster(cluster, context.terminal);
      const source = { kind: 'file', directory, env: context.terminal.env } as const;
      const { servers } = parseCluster(text, source);
      const server = servers.find((candidate) => candidate.id === id);
      if (server === undefined) throw new CliError(unknownServer(id, servers, cluster));
      const url = getMeetingsUrl(server);
      printAnswer(context, { server: id, url }, () => `${url}\n`);
    });
}

function unknownServer(id: string, servers: readonly { readonly id: string }[], file: string): string {
  const known = servers.slice(0, 20).map((server) => server.id);
  const more = servers.length > known.length ? ', …' : '';
  const listed = known.length === 0 ? 'no servers' : `${known.join(', ')}${more}`;
  return `There is no server ${id} in ${file === '-' ? 'the cluster file' : file}; it lists ${listed}.`;
}
