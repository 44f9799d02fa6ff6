import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Listen } from '../config/config.js';
import { getText } from './get-text.js';
import { stateOf, type Finding, type ThingCheck } from './report.js';

export interface CheckBalancerDeps {
  readonly listen: Listen;
  /** Where `/metrics`, `/admin` and the ingest answer, when that is elsewhere. */
  readonly adminListen?: Listen | undefined;
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 64 * 1024;

const READY = z.object({ status: z.string(), missing: z.array(z.string()).optional() });

/** Where a balancer with this setting answers on its own host. */
export function localUrl({ host, port }: Listen): string {
  const near = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${port}`;
}

/** Asks whether the balancer of this configuration runs. That it does not is no fault: it may not have been started. */
export async function checkBalancer(deps: CheckBalancerDeps): Promise<{
  readonly thing: ThingCheck;
  readonly findings: readonly Finding[];
  /** It answered as Ballast does. */
  readonly isRunning: boolean;
}> {
  const url = localUrl(deps.listen);
  const { summary, findings, answerMs, isRunning = false } = await ask(url, deps);
  return { thing: { name: 'balancer', state: stateOf(findings), summary, answerMs }, findings, isRunning };
}

interface Asked {
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly answerMs?: number;
  readonly isRunning?: boolean;
}

async function ask(url: string, deps: CheckBalancerDeps): Promise<Asked> {
  if (deps.listen.port === 0) {
    const message = 'listen.port is 0: a running balancer has a port of its own choice, and cannot be asked';
    return { summary: 'not asked', findings: [finding('note', message, 'give listen.port a number')] };
  }
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(deps.timeoutMs)]);
  const get = (path: string, at = url): Promise<{ readonly status: number; readonly text: string }> =>
    getText({ url: `${at}${path}`, dispatcher: deps.dispatcher, maxBytes: MAX_BYTES, signal });
  const startedAt = performance.now();
  try {
    const health = await get('/health');
    const answerMs = Math.round(performance.now() - startedAt);
    if (health.status !== 200 || statusIn(health.text)?.status !== 'ok')
      return { ...stranger(url), answerMs };
    const ready = statusIn((await get('/ready')).text);
    if (ready?.status === 'ready') {
      const findings = await operatorFindings(deps.adminListen, (at) => get('/health', at));
      return { summary: `runs at ${url}, ready`, findings, answerMs, isRunning: true };
    }
    const missing = ready?.missing?.join(', ') ?? 'it does not say why';
    const advice = 'half a minute after its start this is a fault; its log says more';
    const message = `the balancer at ${url} is not ready (${missing})`;
    const findings = [finding('fault', message, advice)];
    return { summary: `runs at ${url}, not ready`, findings, answerMs, isRunning: true };
  } catch (error) {
    return failure(url, error, signal, deps.timeoutMs);
  }
}

/** A balancer started with another configuration answers at `listen` and not there. */
async function operatorFindings(
  adminListen: Listen | undefined,
  health: (at: string) => Promise<{ readonly text: string }>,
): Promise<readonly Finding[]> {
  if (adminListen === undefined || adminListen.port === 0) return [];
  const at = localUrl(adminListen);
  const text = await health(at).then(
    (answer) => answer.text,
    () => '',
  );
  if (statusIn(text)?.status === 'ok') return [];
  const message = `the balancer runs, and at ${at} (adminListen) it does not answer: no /metrics, no /admin, no ingest`;
  return [finding('fault', message, 'restart it with this configuration; its log says why it cannot listen')];
}

function failure(url: string, error: unknown, signal: AbortSignal, timeoutMs: number): Asked {
  if (signal.aborted) {
    const message = `what listens at ${url} gave no answer within ${timeoutMs / 1000} s`;
    const advice = 'restart the balancer: `systemctl restart ballast`; its log before that says more';
    return { summary: `hangs at ${url}`, findings: [finding('fault', message, advice)] };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') {
    const message = `the balancer does not run: nothing listens at ${url}`;
    const advice = 'start it when all else is right: `systemctl start ballast`';
    return { summary: 'does not run', findings: [finding('note', message, advice)] };
  }
  return stranger(url);
}

function stranger(url: string): Asked {
  const message = `what answers at ${url} is no Ballast`;
  const advice = 'another program has that port: stop it, or change listen.port';
  return { summary: `another program at ${url}`, findings: [finding('fault', message, advice)] };
}

function finding(severity: Finding['severity'], message: string, advice: string): Finding {
  return { severity, about: 'balancer', message, advice };
}

function statusIn(text: string): z.infer<typeof READY> | undefined {
  try {
    return READY.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
