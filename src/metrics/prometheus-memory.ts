import { MAX_AHEAD_MS } from './host-readings.js';
import { PART, SELDOM } from './prometheus-query.js';
import { targetOf, type PrometheusSeries } from './prometheus-series.js';

const WHOLE_MS = 60_000;
/** As far back as the query of the whole looks. */
const HEARD_MS = 900_000;
/** More than any pool has. */
const MAX_HOSTS = 20_000;
const TIMES: ReadonlySet<string | undefined> = new Set(['cpuAt', 'memoryAt', 'networkAt']);

/**
 * What earlier answers said and later ones do not repeat: what is asked for once a minute, and when a host was last heard
 * that an answer no longer names, since Prometheus forgets a target at once when it cannot be scraped.
 */
export class PrometheusMemory {
  #wholeAt = Number.NEGATIVE_INFINITY;
  #seldom: readonly PrometheusSeries[] = [];
  /** Times of each host's newest samples. */
  #heard = new Map<string, readonly PrometheusSeries[]>();
  /** Hosts that had the chance to tell what seldom changes. */
  #asked: ReadonlySet<string> = new Set();

  /** Whether to ask for what seldom changes as well. */
  isDue(now: number): boolean {
    return Math.abs(now - this.#wholeAt) >= WHOLE_MS;
  }

  /** The answer of `now` with what is still known from others. */
  completed(answer: readonly PrometheusSeries[], now: number, isWhole: boolean): readonly PrometheusSeries[] {
    const heard = new Map<string, PrometheusSeries[]>();
    for (const series of answer) {
      if (!TIMES.has(series.metric[PART])) continue;
      const key = targetOf(series);
      const known = heard.get(key);
      if (known === undefined) heard.set(key, [series]);
      else known.push(series);
    }
    const silent = [...this.#heard].filter(
      ([key, times]) => !heard.has(key) && times.some(({ value }) => isOfLate(Number(value[1]) * 1000, now)),
    );
    this.#heard = new Map([...heard, ...silent].slice(0, MAX_HOSTS));
    const before = isWhole ? [] : this.#seldom;
    if (isWhole) {
      this.#seldom = answer.filter(({ metric }) => SELDOM.has(metric[PART]));
      this.#wholeAt = now;
      this.#asked = new Set(heard.keys());
    } else if ([...heard.keys()].some((key) => !this.#asked.has(key))) {
      // A new host need not wait a minute for its number of processors to be known.
      this.#wholeAt = Number.NEGATIVE_INFINITY;
    }
    return [...answer, ...before, ...silent.flatMap(([, times]) => times)];
  }
}

/** What lies in the future would never be forgotten. */
function isOfLate(at: number, now: number): boolean {
  return at >= now - HEARD_MS && at <= now + MAX_AHEAD_MS;
}
