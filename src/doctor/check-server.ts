import type { BbbClient } from '../bbb/client.js';
import { BbbError } from '../bbb/error.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { UpstreamPools } from '../bbb/upstream-pools.js';
import { pollServer } from '../pool/poll-server.js';
import type { ServerDefinition } from '../pool/server.js';
import { readVersion } from './read-version.js';
import { stateOf, type Finding, type ServerCheck } from './report.js';
import { wordsOf, type Words } from './upstream-words.js';

export interface CheckServerDeps {
  readonly client: BbbClient;
  /** For the version document, which no signed call reads. */
  readonly pools: UpstreamPools;
  readonly now: () => number;
  /** Of all that is asked of one server. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A server's line, and what is wrong with it. */
export interface CheckedServer {
  readonly check: ServerCheck;
  readonly findings: readonly Finding[];
}

/** BBB checks createTime and tokens by its clock; beyond this it is flagged. */
const CLOCK_SKEW_MS = 60_000;

/** Asks one server as a poll does, and for its version. Never throws: what is wrong is among the findings. */
export async function checkServer(server: ServerDefinition, deps: CheckServerDeps): Promise<CheckedServer> {
  if (deps.signal.aborted) return unasked(server);
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(deps.timeoutMs)]);
  const [answer, versions] = await Promise.all([
    ask(server, deps),
    readVersion(server, { pools: deps.pools, signal }),
  ]);
  const { words = [], ...known } = answer;
  const findings = words.map((found) => findingOf(server, found));
  const { id, url, adminState } = server;
  return { check: { id, url, adminState, state: stateOf(findings), ...known, ...versions }, findings };
}

/** The time of the whole check was up before its turn came. */
function unasked(server: ServerDefinition): CheckedServer {
  const { id, url, adminState } = server;
  const message = 'it was not asked: too many servers before it gave no answer';
  const findings = [findingOf(server, { message, advice: 'mend those, then run this again' })];
  return { check: { id, url, adminState, state: stateOf(findings), isReachable: false }, findings };
}

type Answer = Pick<
  ServerCheck,
  'isReachable' | 'failure' | 'answerMs' | 'isSecretRight' | 'clockSkewSeconds'
> & { readonly words?: readonly Words[] };

async function ask(server: ServerDefinition, deps: CheckServerDeps): Promise<Answer> {
  const { client, now, timeoutMs, signal } = deps;
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  try {
    const { clockSkewMs } = await pollServer(server, { client, now, timeoutMs, signal });
    const clockSkewSeconds = clockSkewMs === undefined ? undefined : clockSkewMs / 1000;
    const words = clockWords(clockSkewMs);
    return { isReachable: true, answerMs: elapsed(), isSecretRight: true, clockSkewSeconds, words };
  } catch (error) {
    if (error instanceof BbbError && error.messageKey === 'checksumError') {
      return { isReachable: true, answerMs: elapsed(), isSecretRight: false, words: [WRONG_SECRET] };
    }
    if (error instanceof UpstreamError) {
      const words = [wordsOf(error, server.url, timeoutMs)];
      return { isReachable: false, failure: error.reason, words };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { isReachable: false, words: [{ message: `it could not be asked: ${message}`, advice: '' }] };
  }
}

const WRONG_SECRET: Words = {
  message: 'it refuses our secret (checksumError)',
  advice:
    'set its secret in the cluster file to what `bbb-conf --secret` prints there, and `ballast apply` it',
};

function clockWords(skewMs: number | undefined): readonly Words[] {
  if (skewMs === undefined || Math.abs(skewMs) <= CLOCK_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    {
      message: `its clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours: createTime and samples will be off`,
      advice: 'see which of the two is wrong: `chronyc tracking` there and here',
    },
  ];
}

/** A disabled server takes no part: what is wrong with it is worth a note. */
function findingOf({ id, adminState }: ServerDefinition, { message, advice }: Words): Finding {
  const severity = adminState === 'disabled' ? 'note' : 'fault';
  return { severity, about: 'server', serverId: id, message, advice };
}
