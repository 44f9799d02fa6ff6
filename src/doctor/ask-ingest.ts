import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { AdminToken, Listen } from '../config/config.js';
import { FAULT_KINDS } from '../metrics/load-table.js';
import { localUrl } from './check-balancer.js';
import { readSummary, type SourceCheck } from './check-source.js';
import { getText } from './get-text.js';
import type { Finding, SampleCheck, ThingCheck } from './report.js';

export interface AskIngestDeps {
  /** Where the running balancer answers `/admin`. */
  readonly listen: Listen;
  readonly tokens: readonly AdminToken[];
  readonly serverIds: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Some hundred servers with all their fields. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The part of `GET /admin/v1/samples` that is judged; what is unknown is absent there. */
const ANSWER = z.object({
  samples: z.array(
    z.object({
      serverId: z.string(),
      ageSeconds: z.number(),
      cpu: z.number().optional(),
      memory: z.number().optional(),
      matchedBy: z.enum(['server', 'host']).optional(),
    }),
  ),
  faults: z.array(
    z.object({
      serverId: z.string().optional(),
      kind: z.enum(FAULT_KINDS),
      message: z.string(),
    }),
  ),
  strangers: z.array(z.string()),
});

/** What the embedded ingest holds lives in the memory of the running balancer: it is asked. Never throws. */
export async function askIngest(deps: AskIngestDeps): Promise<SourceCheck> {
  const { listen, tokens, serverIds, dispatcher, timeoutMs } = deps;
  const [token] = tokens;
  if (token === undefined) {
    return unseen('the balancer has no admin token to be asked with', 'add one to admin.tokens');
  }
  if (listen.port === 0) return unseen('the port of the balancer is not known', 'give listen.port a number');
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)]);
  const url = `${localUrl(listen)}/admin/v1/samples`;
  const headers = { authorization: `Bearer ${token.token}`, accept: 'application/json' };
  const startedAt = performance.now();
  try {
    const { status, text } = await getText({ url, dispatcher, headers, maxBytes: MAX_BYTES, signal });
    if (status === 401 || status === 403) {
      const advice = 'restart it with this configuration, or point --config at the one it runs with';
      return unseen(
        `the running balancer does not know admin.tokens[0] of this configuration (${status})`,
        advice,
        'fault',
      );
    }
    if (status === 404) {
      return unseen('what runs is another version of Ballast', 'restart it with this version', 'fault');
    }
    const answer = ANSWER.parse(JSON.parse(text));
    const samples = new Map(answer.samples.map((sample) => [sample.serverId, sampleCheck(sample)]));
    const found = serverIds.filter((id) => samples.has(id)).length;
    const summary = readSummary('ingest', found, serverIds.length);
    const answerMs = Math.round(performance.now() - startedAt);
    const faults = answer.faults.map(({ serverId, kind, message }) => ({ serverId, kind, message }));
    const thing: ThingCheck = { name: 'source', state: 'ok', summary, answerMs };
    return { thing, findings: [], seen: { samples, faults, strangers: answer.strangers } };
  } catch {
    // What is wrong with the balancer is said by its own check.
    return unseen('the balancer does not answer', 'start it, then run this again');
  }
}

function sampleCheck(sample: z.infer<typeof ANSWER>['samples'][number]): SampleCheck {
  const { ageSeconds, cpu, memory, matchedBy } = sample;
  return { ageMs: ageSeconds * 1000, hasCpu: cpu !== undefined, hasMemory: memory !== undefined, matchedBy };
}

function unseen(why: string, advice: string, severity: Finding['severity'] = 'note'): SourceCheck {
  const message = `samples of the embedded ingest cannot be seen: ${why}`;
  return {
    thing: { name: 'source', state: severity, summary: 'ingest, cannot be seen' },
    findings: [{ severity, about: 'source', message, advice }],
    seen: undefined,
  };
}
