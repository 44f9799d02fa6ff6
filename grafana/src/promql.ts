import { exclusionLines } from './palette.js';

/** PromQL that several dashboards share. Replicas show the same servers: `max by` makes one row of them. */

/** One value a server, however many replicas tell of it. */
export function perServer(metric: string, selector = ''): string {
  return `max by (server) (${metric}${braces(selector)})`;
}

/** The sum over the pool; no data while nothing is known. */
export function pool(metric: string): string {
  return `sum(${perServer(metric)})`;
}

/** A counter's rate a second over `window`, summed up by these labels. */
export function rate(counter: string, by: string, selector = '', window = '$__rate_interval'): string {
  return `${sumBy(by)} (rate(${counter}${braces(selector)}[${window}]))`;
}

/**
 * How often something happened within `window`, the first time included: a series that was not there before began at 1,
 * which `increase` does not see. Only where Ballast was scraped before: a scrape that was missed is no event.
 */
export function events(counter: string, by: string, selector = '', window = '$__rate_interval'): string {
  const all = `${counter}${braces(selector)}`;
  const born = `(${all} unless ${all} offset ${window}) and on (instance, job) ballast_build_info offset ${window}`;
  return `${sumBy(by)} ((${born}) or increase(${all}[${window}]))`;
}

/** How often in the chosen time; 0 where Ballast is scraped and has nothing to tell. */
export function countInRange(counter: string, selector = ''): string {
  return `${events(counter, '', selector, '$__range')} or 0 * count(ballast_build_info)`;
}

/** `events` without what did not happen: no line and no legend for it. */
export function happened(counter: string, by: string, selector = ''): string {
  return `${events(counter, by, selector)} > 0`;
}

/** A quantile of a histogram over `window`, by these labels. */
export function quantile(q: number, histogram: string, by = '', selector = '', window = '$interval'): string {
  const labels = by === '' ? 'le' : `${by}, le`;
  return `histogram_quantile(${q}, ${rate(`${histogram}_bucket`, labels, selector, window)})`;
}

/** The mean of a histogram over `window`, by these labels. */
export function mean(histogram: string, by = '', selector = '', window = '$interval'): string {
  return `${rate(`${histogram}_sum`, by, selector, window)} / ${rate(`${histogram}_count`, by, selector, window)}`;
}

/**
 * The mean time servers took to answer. A server that only refuses or breaks connections does so at once: it has no value,
 * not the best one. One that hangs counts with the time that was waited for it.
 */
export function meanAnswer(by: string, selector: string, window?: string): string {
  const calls = 'ballast_upstream_requests_total';
  const took = rate('ballast_upstream_request_seconds_total', by, selector, window);
  const answered = rate(calls, by, `${selector},outcome=~"success|failed|timeout"`, window);
  return `${took} / ${rate(calls, by, selector, window)} and ${answered} > 0`;
}

/** The health of each server as a number, the worst that a replica sees: 5 wrong secret, 4 offline, 3 unstable, 2 unknown, 1 online. */
export function healthCode(selector = ''): string {
  const states = ['online', 'unknown', 'unstable', 'offline', 'wrong-secret'];
  const one = (name: string, code: number): string =>
    `${code} * (ballast_server_health{${[selector, `state="${name}"`].filter(Boolean).join(',')}} == 1)`;
  return `max by (server) (${states.map((name, index) => one(name, index + 1)).join(' or ')})`;
}

/** The admin state of each server as a number: 1 enabled, 2 cordoned, 3 disabled. */
export function adminCode(selector = ''): string {
  const states = ['enabled', 'cordoned', 'disabled'];
  const one = (name: string, code: number): string =>
    `${code} * (ballast_server_admin_state{${[selector, `state="${name}"`].filter(Boolean).join(',')}} == 1)`;
  return `max by (server) (${states.map((name, index) => one(name, index + 1)).join(' or ')})`;
}

/**
 * Whether new meetings may go to each server, the worst that a replica sees: 5 not online, 4 cordoned or disabled, 3 at a limit,
 * 2 yes, though a spare, 1 yes, 0 no for another reason.
 */
export function newMeetingsCode(): string {
  const reasons = ['above-ceiling', 'not-enabled', 'not-online'];
  return `max by (server) (${[
    ...reasons.map((reason, index) => `${index + 3} * ballast_server_excluded{reason="${reason}"}`),
    '2 * (ballast_server_eligible == 1 and ballast_server_spare == 1)',
    'ballast_server_eligible',
  ].join(' or ')})`;
}

/** The same series with the words of other panels for placement's verdicts; one that is not known here stays. */
export function reasonInWords(expr: string): string {
  return [
    ...exclusionLines(),
    { name: 'tag-missing', title: 'lacks the tags' },
    { name: 'failed-before', title: 'failed before' },
  ].reduce(
    (inner, { name, title }) => `label_replace(${inner}, "reason", "${title}", "reason", "${name}")`,
    expr,
  );
}

/** 1: enabled, online and no spare, so it should carry its part; else 0. Spares have no series. As prometheus/recording.rules.yml has it. */
export const IN_SERVICE = `(
  min by (server) (ballast_server_admin_state{state="enabled"})
  * on (server) min by (server) (ballast_server_health{state="online"})
  unless on (server) (max by (server) (ballast_server_spare) == 1)
)`;

/** Load of the servers in service; one above its limit counts as full. */
export const USED = `clamp_max(max by (server) (ballast_server_load) and on (server) (${IN_SERVICE} == 1), 1)`;

/** Capacity in cores; where they are unknown, the mean of those known; where none is known, 1 each. */
const WEIGHT = `(
  max by (server) (ballast_server_cores)
  or on (server) (0 * ${IN_SERVICE} + on () group_left () avg(max by (server) (ballast_server_cores)))
  or on (server) (0 * ${IN_SERVICE} + 1)
)`;

/** The free part of the pool at the predicted load, each server in service with its cores: the figure of the alert BallastPoolNearlyFull. */
export const HEADROOM = `1 - (
  sum(${USED} * on (server) ${WEIGHT})
  / sum(${WEIGHT} and on (server) ballast_server_load and on (server) (${IN_SERVICE} == 1))
)`;

/**
 * Creates that failed for want of a server: without what a server or a limit refused for what was asked, and without creates
 * of meetings whose server fails and is not given up yet. As prometheus/recording.rules.yml has it.
 */
export const OWN_FAILURES = 'reason!~"relayed|rejected|tenant-limit|server-failing"';

function braces(selector: string): string {
  return selector === '' ? '' : `{${selector}}`;
}

function sumBy(by: string): string {
  return by === '' ? 'sum' : `sum by (${by})`;
}
