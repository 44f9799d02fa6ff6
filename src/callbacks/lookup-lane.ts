import type { LookupAddress } from 'node:dns';
import type { SetTimer } from './unref-timer.js';

/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type LookupAll = (hostname: string, options: { readonly all: true }, callback: LookupDone) => void;

/** Told the addresses of a name, or why there are none. */
export type LookupDone = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Nobody said in time what the addresses of a name are. */
export class LateNameError extends Error {
  constructor() {
    super('its name could not be resolved in time');
    this.name = 'LateNameError';
  }
}

export interface LookupLaneDeps {
  /** Uses a thread of its own while it runs, and cannot be cancelled: `dns.lookup`. */
  readonly lookup: LookupAll;
  /** ms, from any time on. */
  readonly now: () => number;
  /** Runs `fn` once after `ms`; the returned function cancels it. */
  readonly setTimer: SetTimer;
}

/** Less than an attempt takes at most. */
const PATIENCE_MS = 8_000;
/** Where the addresses of last time are known they are taken after this. */
const PATIENCE_WITH_KNOWN_MS = 2_000;
/** From here on a look-up hangs. */
const HANGING_MS = 5_000;
/** A failure that was quick is worth asking again; any other is remembered for a while. */
const QUICK_MS = 1_000;
const REMEMBERED_MS = 60_000;
/** How long addresses are good for where no newer ones come in time. */
const KNOWN_FOR_MS = 600_000;
/** Names remembered. */
const MOST_NAMES = 1_000;

/**
 * One look-up at a time for all callbacks, shared by whoever wants that name: look-ups of all of Ballast share few threads,
 * and names chosen by front ends, whose name servers may hang, must not keep those of the BigBlueButton servers waiting.
 * Names that ever resolved come first, those whose last look-up hung or failed slowly last; before these, others of their zone.
 * Names that nobody waits for any more are not looked up.
 */
export class LookupLane {
  readonly #deps: LookupLaneDeps;
  /** Who waits for which name, in order; of the one under way as well. */
  readonly #waiting = new Map<string, Set<LookupDone>>();
  readonly #known = new Map<string, { readonly addresses: LookupAddress[]; readonly until: number }>();
  readonly #failed = new Map<string, { readonly error: Error; readonly until: number }>();
  /** Who has the one thread. */
  #underWay: string | undefined;

  constructor(deps: LookupLaneDeps) {
    this.#deps = deps;
  }

  /** Always answers within eight seconds; with the addresses of some minutes ago where newer ones do not come. */
  find(hostname: string, callback: LookupDone): void {
    const failed = this.#failed.get(hostname);
    if (failed !== undefined && this.#deps.now() < failed.until) {
      setImmediate(() => {
        this.#giveUp(hostname, failed.error, callback);
      });
      return;
    }
    const waiters = this.#waiting.get(hostname) ?? new Set<LookupDone>();
    this.#waiting.set(hostname, waiters);
    const waiter: LookupDone = (error, addresses) => {
      cancel();
      waiters.delete(waiter);
      if (waiters.size === 0 && hostname !== this.#underWay) this.#waiting.delete(hostname);
      callback(error, addresses);
    };
    const cancel = this.#deps.setTimer(
      () => {
        this.#giveUp(hostname, new LateNameError(), waiter);
      },
      this.#knownOf(hostname) === undefined ? PATIENCE_MS : PATIENCE_WITH_KNOWN_MS,
    );
    waiters.add(waiter);
    this.#next();
  }

  #next(): void {
    if (this.#underWay !== undefined) return;
    const hostname = this.#best();
    if (hostname === undefined) return;
    this.#underWay = hostname;
    const startedAt = this.#deps.now();
    const cancel = this.#deps.setTimer(() => {
      this.#fail(hostname, new LateNameError());
    }, HANGING_MS);
    this.#deps.lookup(hostname, { all: true }, (error, addresses) => {
      cancel();
      if (error === null) this.#found(hostname, addresses);
      else {
        this.#expire(hostname);
        if (this.#deps.now() - startedAt < QUICK_MS) this.#settle(hostname, error);
        else this.#fail(hostname, error);
      }
      this.#underWay = undefined;
      // Who came while the others were told wants it anew.
      if (this.#waiting.get(hostname)?.size === 0) this.#waiting.delete(hostname);
      this.#next();
    });
  }

  /** The first of those most likely to be answered soon: many fresh names of one dead zone must not hold up the others. */
  #best(): string | undefined {
    const hangingZones = new Set([...this.#failed.keys()].map(zoneOf));
    let best: { readonly name: string; readonly rank: number } | undefined;
    for (const name of this.#waiting.keys()) {
      const rank = this.#failed.has(name)
        ? 3
        : this.#known.has(name)
          ? 0
          : hangingZones.has(zoneOf(name))
            ? 2
            : 1;
      if (best === undefined || rank < best.rank) best = { name, rank };
    }
    return best?.name;
  }

  /** Its addresses are no longer good; that it once had some still counts. */
  #expire(hostname: string): void {
    const known = this.#known.get(hostname);
    if (known !== undefined) this.#known.set(hostname, { ...known, until: this.#deps.now() });
  }

  #found(hostname: string, addresses: LookupAddress[]): void {
    this.#failed.delete(hostname);
    remember(this.#known, hostname, { addresses, until: this.#deps.now() + KNOWN_FOR_MS });
    for (const waiter of [...(this.#waiting.get(hostname) ?? [])]) waiter(null, addresses);
  }

  #fail(hostname: string, error: Error): void {
    remember(this.#failed, hostname, { error, until: this.#deps.now() + REMEMBERED_MS });
    this.#settle(hostname, error);
  }

  #settle(hostname: string, error: Error): void {
    for (const waiter of [...(this.#waiting.get(hostname) ?? [])]) this.#giveUp(hostname, error, waiter);
  }

  #giveUp(hostname: string, error: Error, callback: LookupDone): void {
    const known = this.#knownOf(hostname);
    if (known === undefined) callback(error, []);
    else callback(null, known);
  }

  #knownOf(hostname: string): LookupAddress[] | undefined {
    const known = this.#known.get(hostname);
    return known !== undefined && this.#deps.now() < known.until ? known.addresses : undefined;
  }
}

/** Near enough for an order: the last two labels. */
function zoneOf(hostname: string): string {
  return hostname.split('.').slice(-2).join('.');
}

function remember<Value>(names: Map<string, Value>, hostname: string, value: Value): void {
  names.delete(hostname);
  names.set(hostname, value);
  const [oldest] = names.keys();
  if (names.size > MOST_NAMES && oldest !== undefined) names.delete(oldest);
}
