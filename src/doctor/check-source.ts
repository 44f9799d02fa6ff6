import { abortable } from '../metrics/abortable.js';
import type { HostSample, SampleKey, SampleSource } from '../metrics/load-table.js';
import type { SamplesSeen } from './judge-samples.js';
import { sourceWords } from './source-words.js';
import { stateOf, type Finding, type SampleCheck, type ThingCheck } from './report.js';

export interface CheckSourceDeps {
  readonly source: SampleSource;
  readonly keys: readonly SampleKey[];
  /** ms since 1970. */
  readonly now: () => number;
  /** Of one read; the balancer waits no longer than this either. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What became of one look at where samples come from; `seen` is absent when nothing could be read. */
export interface SourceCheck {
  readonly thing: ThingCheck;
  readonly findings: readonly Finding[];
  readonly seen: SamplesSeen | undefined;
}

/** Reads a source once as the balancer does, and asks for its version. Never throws. */
export async function checkSource(deps: CheckSourceDeps): Promise<SourceCheck> {
  const { source, keys, timeoutMs } = deps;
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)]);
  const startedAt = performance.now();
  const [read, version] = await Promise.allSettled([
    abortable(source.read(keys, signal), signal).then((table) => ({
      table,
      answerMs: Math.round(performance.now() - startedAt),
    })),
    abortable(source.version?.(signal) ?? Promise.resolve(undefined), signal),
  ]);
  const engine = version.status === 'fulfilled' ? version.value : undefined;
  const named = { name: 'source' as const, version: engine };
  if (read.status === 'rejected') {
    const { message, advice } = sourceWords(source.name, read.reason, signal.aborted ? timeoutMs : undefined);
    const finding: Finding = { severity: 'fault', about: 'source', message, advice };
    const summary =
      engine === undefined ? `${source.name}, no answer` : `${source.name}, answers but cannot be read`;
    return { thing: { ...named, state: 'fault', summary }, findings: [finding], seen: undefined };
  }
  const { table, answerMs } = read.value;
  const at = deps.now();
  const samples = new Map([...table.samples].map(([id, sample]) => [id, sampleCheck(sample, at)]));
  const { faults = [], strangers = [] } = table;
  return {
    thing: { ...named, state: 'ok', answerMs, summary: readSummary(source.name, samples.size, keys.length) },
    findings: [],
    seen: { samples, faults, strangers },
  };
}

/** `influxdb, samples of 3 of 4 servers`. */
export function readSummary(name: string, found: number, asked: number): string {
  return `${name}, samples of ${found} of ${asked === 1 ? '1 server' : `${asked} servers`}`;
}

/** The part's line once its samples were judged as well. */
export function judgedThing(thing: ThingCheck, findings: readonly Finding[]): ThingCheck {
  const own = stateOf(findings.filter(({ about }) => about === 'source'));
  return own === 'ok' || thing.state === 'fault' ? thing : { ...thing, state: own };
}

function sampleCheck(sample: HostSample, now: number): SampleCheck {
  return {
    ageMs: Math.max(0, now - sample.sampledAt),
    hasCpu: sample.cpu !== undefined,
    hasMemory: sample.memory !== undefined,
    matchedBy: sample.matchedBy,
  };
}
