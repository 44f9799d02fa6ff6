import type { Command } from 'commander';
import type { MeetingsAnswer, MeetingView } from '../../admin/views.js';
import { listIn } from '../admin-client.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { showCount, showTime } from '../show.js';
import { renderTable } from '../table.js';

/** `meeting list|end`: the meetings of a running balancer. */
export function addMeeting(program: Command, context: CommandContext): void {
  const meeting = program.command('meeting').description('list and end meetings');
  meeting
    .command('list')
    .description('meetings and the servers they are on')
    .option('--tenant <id>', 'only of this tenant')
    .option('--server <id>', 'only on this server')
    .action(async ({ tenant, server }: { tenant?: string; server?: string }) => {
      const answer = await context.connect()({ method: 'GET', path: '/meetings', query: { tenant, server } });
      listIn(answer, 'meetings');
      const { meetings } = answer as MeetingsAnswer;
      printAnswer(context, answer, () =>
        meetings.length === 0 ? 'No meetings.\n' : describe(meetings, context),
      );
    });
  meeting
    .command('end')
    .description('end a meeting')
    .argument('<meeting-id>', 'as the front end writes it')
    .option('--tenant <id>', 'its tenant', 'default')
    .action(async (meetingId: string, { tenant }: { tenant: string }) => {
      const answer = await context.connect()({
        method: 'POST',
        path: '/meetings/end',
        body: { contentType: 'application/json', text: JSON.stringify({ tenantId: tenant, meetingId }) },
      });
      printAnswer(context, answer, () => `Meeting ${meetingId} is ended.\n`);
    });
}

function describe(meetings: readonly MeetingView[], { terminal }: CommandContext): string {
  return renderTable<MeetingView>(
    terminal,
    [
      { title: 'TENANT', value: ({ tenantId }) => tenantId },
      { title: 'MEETING', value: ({ meetingId }) => meetingId },
      { title: 'SERVER', value: ({ serverId }) => serverId },
      {
        title: 'STATE',
        value: ({ state }) => state,
        tone: ({ state }) => (state === 'running' ? 'good' : 'warning'),
      },
      { title: 'ATTENDEES', align: 'right', value: ({ attendees }) => showCount(attendees) },
      { title: 'SINCE', value: ({ createTime, claimedAt }) => showTime(createTime ?? claimedAt) },
    ],
    meetings,
  );
}
