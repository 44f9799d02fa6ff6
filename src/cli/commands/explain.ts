import { InvalidArgumentError, type Command } from 'commander';
import type { PlacementsAnswer } from '../../admin/views.js';
import { type AdminClient, listIn } from '../admin-client.js';
import { CliError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { explainPlacement } from '../explain-placement.js';

/** `explain`: why a meeting is on its server, asked by the ID of the meeting or of the placement. */
export function addExplain(program: Command, context: CommandContext): void {
  program
    .command('explain')
    .description('tell why a meeting was placed where it is')
    .argument('<id>', 'of the meeting, as the front end writes it, or of a placement')
    .option('--tenant <id>', 'only of this tenant')
    .option('--limit <number>', 'how many decisions, newest first', wholeNumber, 1)
    .action(async (id: string, { tenant, limit }: { tenant?: string; limit: number }) => {
      const ask = context.connect();
      const query = { meetingId: id, tenant, limit: String(limit) };
      let answer = await ask({ method: 'GET', path: '/placements', query });
      if (listIn(answer, 'placements').length === 0) {
        const placement = await placementById(ask, id);
        if (placement !== undefined) answer = { placements: [placement] };
      }
      if (listIn(answer, 'placements').length === 0) {
        throw new CliError(
          `No decision about meeting ${id} is kept, and none has this ID. \`ballast meeting list\` shows the IDs of running meetings; ` +
            'one that was created directly on a server was never placed.',
        );
      }
      const { placements } = answer as PlacementsAnswer;
      printAnswer(context, answer, () =>
        placements.map((placement) => explainPlacement(context.terminal, placement)).join('\n'),
      );
    });
}

async function placementById(ask: AdminClient, id: string): Promise<unknown> {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) return undefined;
  try {
    return await ask({ method: 'GET', path: `/placements/${id}` });
  } catch (error) {
    if (error instanceof CliError && error.status === 404) return undefined;
    throw error;
  }
}

function wholeNumber(text: string): number {
  if (!/^([1-9]\d{0,2}|1000)$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return Number(text);
}
