import type { Logger } from '../log.js';
import type { PooledServer } from './server.js';

/** A clock further off than this is flagged: createTime and callbacks no longer fit together. */
const MAX_CLOCK_SKEW_MS = 60_000;

/** True when the server's clock differs from ours by more than 60 s. */
export function isClockOff(server: PooledServer): boolean {
  return server.clockSkewMs !== undefined && Math.abs(server.clockSkewMs) > MAX_CLOCK_SKEW_MS;
}

/** Writes one line for each change between two views of a server, none where nothing changed. */
export function logHealthChange(logger: Logger, before: PooledServer, after: PooledServer): void {
  const serverId = after.definition.id;
  if (before.health !== after.health) {
    const cause = after.lastFailure ?? 'unknown cause';
    const fields = { serverId, health: after.health, was: before.health };
    switch (after.health) {
      case 'online':
        logger.info(`server ${serverId} is online`, fields);
        break;
      case 'unstable':
        logger.warn(`server ${serverId} is unstable, it gets no new meetings: ${cause}`, fields);
        break;
      case 'offline': {
        const failures = after.consecutiveFailures;
        logger.error(`server ${serverId} is offline after ${failures} failures in a row: ${cause}`, fields);
        break;
      }
      case 'wrong-secret':
        logger.error(cause, fields);
        break;
      case 'unknown':
        break;
    }
  }
  if (isClockOff(before) !== isClockOff(after)) logClock(logger, after);
}

function logClock(logger: Logger, server: PooledServer): void {
  const serverId = server.definition.id;
  const fields = { serverId, clockSkewMs: server.clockSkewMs };
  if (!isClockOff(server)) {
    logger.info(`the clock of server ${serverId} is right again`, fields);
    return;
  }
  const seconds = Math.round(Math.abs(server.clockSkewMs ?? 0) / 1000);
  const direction = (server.clockSkewMs ?? 0) > 0 ? 'ahead of' : 'behind';
  logger.warn(`the clock of server ${serverId} is ${seconds} s ${direction} ours: check its NTP`, fields);
}
