import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type LookupAll, LookupLane } from './lookup-lane.js';
import { isPublicAddress } from './target-address.js';
import { unrefTimer } from './unref-timer.js';

/** The target's address is not one that callbacks may go to. */
export class BlockedTargetError extends Error {
  constructor() {
    super('its address is not public (see callbacks.allowPrivateTargets)');
    this.name = 'BlockedTargetError';
  }
}

export interface TargetConnectorOptions {
  readonly allowPrivateTargets: boolean;
  readonly timeoutMs: number;
  /** The system's resolver when absent. */
  readonly lookup?: LookupAll | undefined;
}

/**
 * Connects to public addresses only: the very address that is connected to is the one that was checked, so that a name
 * which resolves to something else the next moment gains nothing. Fails with BlockedTargetError.
 */
export function targetConnector(options: TargetConnectorOptions): buildConnector.connector {
  const { allowPrivateTargets, timeoutMs, lookup = systemLookup } = options;
  const lane = new LookupLane({ lookup, now: () => performance.now(), setTimer: unrefTimer });
  const find = checkedLookup(lane, allowPrivateTargets ? () => true : isPublicAddress);
  const connect = buildConnector({ timeout: timeoutMs, lookup: find });
  return (target, callback) => {
    // A literal address is connected to without being looked up.
    if (!allowPrivateTargets && isIP(target.hostname) !== 0 && !isPublicAddress(target.hostname)) {
      callback(new BlockedTargetError(), null);
      return;
    }
    connect(target, callback);
  };
}

function checkedLookup(lane: LookupLane, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lane.find(hostname, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      const [first] = allowed;
      if (first === undefined) callback(new BlockedTargetError(), '');
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
