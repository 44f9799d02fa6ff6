import type { Command } from 'commander';
import type { TenantsAnswer, TenantView } from '../../admin/views.js';
import { listIn } from '../admin-client.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { showCount } from '../show.js';
import { renderTable } from '../table.js';

/** `tenant list`: the tenants of a running balancer. */
export function addTenant(program: Command, context: CommandContext): void {
  program
    .command('tenant')
    .description('list tenants (a cluster file changes them)')
    .command('list')
    .description('all tenants with their limits and what they use')
    .action(async () => {
      const answer = await context.connect()({ method: 'GET', path: '/tenants' });
      listIn(answer, 'tenants');
      const { tenants } = answer as TenantsAnswer;
      printAnswer(context, answer, () =>
        renderTable<TenantView>(
          context.terminal,
          [
            { title: 'TENANT', value: ({ id }) => id },
            { title: 'HOSTS', value: ({ hosts }) => hosts.join(',') },
            { title: 'SECRETS', align: 'right', value: ({ secretCount }) => showCount(secretCount) },
            {
              title: 'MEETINGS',
              align: 'right',
              value: ({ meetings, limits }) => used(meetings, limits.meetings),
            },
            {
              title: 'ATTENDEES',
              align: 'right',
              value: ({ attendees, limits }) => used(attendees, limits.attendees),
            },
            { title: 'POLICY', value: ({ policy }) => policy ?? '' },
            { title: 'SERVER TAGS', value: ({ serverTags }) => serverTags.join(',') },
          ],
          tenants,
        ),
      );
    });
}

function used(count: number, limit: number | undefined): string {
  return limit === undefined ? showCount(count) : `${showCount(count)} of ${limit}`;
}
