import { type Command, Option } from 'commander';
import type { CallbackView, CallbacksAnswer } from '../../admin/callback-views.js';
import { listIn } from '../admin-client.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { showTime } from '../show.js';
import { renderTable } from '../table.js';
import type { Tone } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';

/** `callback list|retry|drop`: what a running balancer has to tell front ends. */
export function addCallback(program: Command, context: CommandContext): void {
  const callback = program
    .command('callback')
    .description('list callbacks to front ends, retry and drop them');
  callback
    .command('list')
    .description('callbacks that wait, arrived or were given up; newest first')
    .option('--tenant <id>', 'only of this tenant')
    .addOption(
      new Option('--state <state>', 'only in this state').choices(['pending', 'failed', 'delivered']),
    )
    .option('--limit <rows>', 'how many at most, up to 1000', wholeNumber(1, 1000), 50)
    .action(async ({ tenant, state, limit }: { tenant?: string; state?: string; limit: number }) => {
      const query = { tenant, state, limit: String(limit) };
      const answer = await context.connect()({ method: 'GET', path: '/callbacks', query });
      listIn(answer, 'callbacks');
      const { callbacks } = answer as CallbacksAnswer;
      printAnswer(context, answer, () =>
        callbacks.length === 0 ? 'No callbacks.\n' : describe(callbacks, context),
      );
    });
  callback
    .command('retry')
    .description('try a pending callback now, a failed one anew')
    .argument('<id>', 'as in the list')
    .action(async (id: string) => {
      const path = `/callbacks/${encodeURIComponent(id)}/retry`;
      const answer = await context.connect()({ method: 'POST', path });
      printAnswer(context, answer, () => `Callback ${id} is tried now.\n`);
    });
  callback
    .command('drop')
    .description('give a pending callback up')
    .argument('<id>', 'as in the list')
    .action(async (id: string) => {
      const path = `/callbacks/${encodeURIComponent(id)}`;
      const answer = await context.connect()({ method: 'DELETE', path });
      printAnswer(context, answer, () => `Callback ${id} is dropped.\n`);
    });
}

const TONES: Readonly<Record<CallbackView['state'], Tone | undefined>> = {
  pending: 'warning',
  delivered: 'good',
  failed: 'bad',
};

function describe(callbacks: readonly CallbackView[], { terminal }: CommandContext): string {
  return renderTable<CallbackView>(
    terminal,
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'KIND', value: ({ kind }) => kind },
      { title: 'TENANT', value: ({ tenantId }) => tenantId },
      { title: 'MEETING', value: ({ meetingId }) => meetingId ?? '' },
      { title: 'TARGET', value: ({ target }) => target },
      { title: 'STATE', value: ({ state }) => state, tone: ({ state }) => TONES[state] },
      { title: 'TRIES', align: 'right', value: ({ attempts }) => String(attempts) },
      { title: 'NEXT', value: ({ nextAt }) => (nextAt === undefined ? '' : showTime(nextAt)) },
      { title: 'LAST FAILURE', value: ({ lastFailure }) => lastFailure ?? '' },
    ],
    callbacks,
  );
}
