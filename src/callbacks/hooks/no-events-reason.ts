import type { ServerAddress } from '../../bbb/server-address.js';
import type { Logger } from '../../log.js';

export interface NoEventsDeps {
  /** `callbacks.serverHooks`. */
  readonly isOn: boolean;
  readonly servers: () => readonly ServerAddress[];
  /** Where the server reaches Ballast; `undefined`: nowhere. */
  readonly baseFor: (server: ServerAddress) => string | undefined;
  readonly logger: Logger;
}

const SWITCHED_OFF = 'Webhooks are switched off here (callbacks.serverHooks).';
const OUT_OF_REACH =
  'No event would ever come: none of the servers can reach this balancer. Its operator has to set publicUrl.';

/** Tells why a front end's hook would never be told of anything; the operator reads once what he is to set. */
export function noEventsReason({ isOn, servers, baseFor, logger }: NoEventsDeps): () => string | undefined {
  let hasWarned = false;
  return () => {
    if (!isOn) return SWITCHED_OFF;
    const all = servers();
    // Without servers there are no meetings to tell of; those that come may be reachable.
    if (all.length === 0 || all.some((server) => baseFor(server) !== undefined)) return undefined;
    if (!hasWarned)
      logger.warn('a front end wants webhooks, which no server can send to Ballast: set publicUrl');
    hasWarned = true;
    return OUT_OF_REACH;
  };
}
