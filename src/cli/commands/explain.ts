import { InvalidArgumentError, type Command } from 'commander';
import type { PlacementsAnswer } from '../../admin/views.js';
import { listIn } from '../admin-client.js';
import { CliError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { explainPlacement } from '../explain-placement.js';

/** `explain`: why a meeting is on its server. */
export function addExplain(program: Command, context: CommandContext): void {
  program
    .command('explain')
    .description('tell why a meeting was placed where it is')
    .argument('<meeting-id>', 'as the front end writes it')
    .option('--tenant <id>', 'only of this tenant')
    .option('--limit <number>', 'how many decisions, newest first', wholeNumber, 1)
    .action(async (meetingId: string, { tenant, limit }: { tenant?: string; limit: number }) => {
      const query = { meetingId, tenant, limit: String(limit) };
      const answer = await context.connect()({ method: 'GET', path: '/placements', query });
      if (listIn(answer, 'placements').length === 0) {
        throw new CliError(
          `No decision about meeting ${meetingId} is kept. \`ballast meeting list\` shows the IDs of running meetings; ` +
            'one that was created directly on a server was never placed.',
        );
      }
      const { placements } = answer as PlacementsAnswer;
      printAnswer(context, answer, () =>
        placements.map((placement) => explainPlacement(context.terminal, placement)).join('\n'),
      );
    });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(text);
}
