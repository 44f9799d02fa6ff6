import { type Command, Option } from 'commander';
import {
  RECORDING_STATES,
  type ExpireAnswer,
  type FailedImportsAnswer,
  type RecordingsAnswer,
} from '../../admin/recording-views.js';
import { listIn } from '../admin-client.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { showTime } from '../show.js';
import { renderTable } from '../table.js';
import { wholeNumber } from '../whole-number.js';

interface ListOptions {
  readonly failed?: boolean;
  readonly tenant?: string;
  readonly meeting?: string;
  readonly server?: string;
  readonly state?: string;
  readonly limit: number;
}

/** A retry or a deletion may read and move much. */
const TIMEOUT_MS = 600_000;

/** `recording list|retry|drop|expire`: the recordings of a running balancer. */
export function addRecording(program: Command, context: CommandContext): void {
  const recording = program
    .command('recording')
    .description('list recordings, look after imports and retention');
  recording
    .command('list')
    .description('recordings in the index, the newest first; --failed: imports that failed, and why')
    .option('--failed', 'imports that failed: put aside, or left in the spool')
    .option('--tenant <id>', 'only of this tenant')
    .option('--meeting <id>', 'only of this meeting ID, as the front end writes it')
    .option('--server <id>', 'only on this server; archive: only those of the archive')
    .addOption(new Option('--state <state>', 'only in this state').choices(RECORDING_STATES))
    .option('--limit <rows>', 'how many at most, up to 1000', wholeNumber(1, 1000), 50)
    .action(async ({ failed, limit, ...query }: ListOptions) => {
      if (failed === true) await listFailed(context);
      else await listRecordings(context, { ...query, limit: String(limit) });
    });
  recording
    .command('retry')
    .description('try a failed import again')
    .argument('<name>', 'as `recording list --failed` shows it')
    .action(async (name: string) => {
      const path = `/recordings/failed/${encodeURIComponent(name)}/retry`;
      const answer = await context.connect()({ method: 'POST', path, timeoutMs: TIMEOUT_MS });
      printAnswer(
        context,
        answer,
        () => `${name} is tried again; \`recording list --failed\` shows it if that fails.\n`,
      );
    });
  recording
    .command('drop')
    .description('delete a failed import and its file')
    .argument('<name>', 'as `recording list --failed` shows it')
    .action(async (name: string) => {
      const path = `/recordings/failed/${encodeURIComponent(name)}`;
      const answer = await context.connect()({ method: 'DELETE', path, timeoutMs: TIMEOUT_MS });
      printAnswer(context, answer, () => `${name} is deleted.\n`);
    });
  recording
    .command('expire')
    .description('delete recordings whose time (recordings.keepFor) is over, now and not at night')
    .option('--dry-run', 'only show which')
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const answer = await context.connect()({
        method: 'POST',
        path: '/recordings/expire',
        query: { dryRun: String(dryRun) },
        timeoutMs: TIMEOUT_MS,
      });
      listIn(answer, 'expired');
      printAnswer(context, answer, () => describeExpired(answer as ExpireAnswer, context));
    });
}

async function listRecordings(
  context: CommandContext,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  const answer = await context.connect()({ method: 'GET', path: '/recordings', query });
  listIn(answer, 'recordings');
  const { recordings } = answer as RecordingsAnswer;
  printAnswer(context, answer, () =>
    recordings.length === 0
      ? 'No recordings.\n'
      : renderTable<RecordingsAnswer['recordings'][number]>(
          context.terminal,
          [
            { title: 'TENANT', value: ({ tenantId }) => tenantId },
            { title: 'MEETING', value: ({ meetingId }) => meetingId },
            { title: 'RECORDING', value: ({ recordId }) => recordId },
            { title: 'ON', value: ({ serverId }) => serverId ?? 'archive' },
            {
              title: 'STATE',
              value: ({ state }) => state,
              tone: ({ state }) => (state === 'published' ? 'good' : 'warning'),
            },
            { title: 'BEGAN', value: ({ startTime }) => showTime(startTime) },
          ],
          recordings,
        ),
  );
}

async function listFailed(context: CommandContext): Promise<void> {
  const answer = await context.connect()({ method: 'GET', path: '/recordings/failed' });
  listIn(answer, 'failed');
  const { failed } = answer as FailedImportsAnswer;
  printAnswer(context, answer, () =>
    failed.length === 0
      ? 'No failed imports.\n'
      : renderTable<FailedImportsAnswer['failed'][number]>(
          context.terminal,
          [
            { title: 'NAME', value: ({ name }) => name },
            { title: 'FAILED', value: ({ failedAt }) => showTime(failedAt) },
            { title: 'REASON', value: ({ reason }) => reason },
          ],
          failed,
        ),
  );
}

function describeExpired(
  { expired, dryRun, isKeepForSet }: ExpireAnswer,
  { terminal }: CommandContext,
): string {
  if (!isKeepForSet)
    return 'recordings.keepFor is not set, for no tenant either: recordings are kept for ever.\n';
  if (expired.length === 0) return 'No recording is over its time.\n';
  const table = renderTable<ExpireAnswer['expired'][number]>(
    terminal,
    [
      { title: 'TENANT', value: ({ tenantId }) => tenantId },
      { title: 'RECORDING', value: ({ recordId }) => recordId },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'ENDED', value: ({ endTime }) => showTime(endTime) },
    ],
    expired,
  );
  return `${table}${expired.length} ${dryRun ? 'would be deleted' : 'deleted'}.\n`;
}
