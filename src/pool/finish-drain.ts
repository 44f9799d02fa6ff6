import type { Logger } from '../log.js';
import { isDrained } from './admin-state.js';
import type { PooledServer, ServerDefinition } from './server.js';

export interface FinishDrainDeps {
  /** True while a claim says that a meeting is, or may come to be, on that server: it is not drained yet. */
  readonly hasClaims: (serverId: string) => boolean;
  /** Saves `to` in the place of `from`; false, and nothing is done, when the definition is another by now. */
  readonly replace: (from: ServerDefinition, to: ServerDefinition) => Promise<boolean>;
  readonly logger: Logger;
}

/** Disables a draining server of which a good poll shows that its last meeting has ended. Never throws. */
export async function finishDrain(server: PooledServer, deps: FinishDrainDeps): Promise<void> {
  const { definition, poll } = server;
  const { logger } = deps;
  const serverId = definition.id;
  if (poll === undefined || !isDrained(definition, poll.meetings.values())) return;
  try {
    if (deps.hasClaims(serverId)) return;
    const isDone = await deps.replace(definition, {
      ...definition,
      adminState: 'disabled',
      isDraining: false,
    });
    if (isDone) logger.info(`server ${serverId} is drained: disabled`, { serverId });
  } catch (error) {
    const message = `server ${serverId} is drained but could not be disabled; tried again after its next poll`;
    logger.error(message, { serverId, error });
  }
}
