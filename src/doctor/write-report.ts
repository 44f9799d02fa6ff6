import type { ServerDefinition } from '../pool/server.js';
import type { CheckedServer } from './check-server.js';
import { judgedThing, type SourceCheck } from './check-source.js';
import { judgeSamples } from './judge-samples.js';
import { stateOf, type DoctorReport, type Finding, type ServerCheck, type ThingCheck } from './report.js';

/** All that was found out, still in parts. */
export interface ReportParts {
  readonly store: {
    readonly thing: ThingCheck;
    readonly findings: readonly Finding[];
    readonly servers: readonly ServerDefinition[];
  };
  readonly servers: readonly CheckedServer[];
  /** What was found about reading their recordings. */
  readonly reads: readonly Finding[];
  /** What was found about addresses in the configuration. */
  readonly addresses: readonly Finding[];
  /** Absent in `recordings.mode: index`. */
  readonly archive: { readonly thing: ThingCheck; readonly findings: readonly Finding[] } | undefined;
  /** Absent with `metrics.source: none`. */
  readonly source: SourceCheck | undefined;
  readonly balancer: { readonly thing: ThingCheck; readonly findings: readonly Finding[] };
  /** `metrics.maxAge`. */
  readonly maxAgeMs: number;
}

export interface ReportInput {
  /** Of Ballast. */
  readonly version: string;
  /** ms since 1970. */
  readonly now: number;
  readonly configuration: { readonly summary: string; readonly findings: readonly Finding[] };
  /** Absent when the configuration does not load: nothing else can be looked at then. */
  readonly parts: ReportParts | undefined;
}

const NO_SOURCE: ThingCheck = {
  name: 'source',
  state: 'ok',
  summary: 'none: placement goes by the attendees that polls count',
};

/** Joins the parts into one report, with samples judged and faults first. */
export function writeReport({ version, now, configuration, parts }: ReportInput): DoctorReport {
  const { summary } = configuration;
  const ofConfiguration = [...configuration.findings, ...(parts?.addresses ?? [])];
  const thing: ThingCheck = { name: 'configuration', state: stateOf(ofConfiguration), summary };
  const head = { checkedAt: new Date(now).toISOString(), version };
  if (parts === undefined) {
    return {
      isHealthy: false,
      ...head,
      things: [thing],
      servers: [],
      strangers: [],
      findings: configuration.findings,
    };
  }
  const { store, archive, servers, reads, source, balancer, maxAgeMs } = parts;
  const seen = source?.seen;
  const samples = seen === undefined ? [] : judgeSamples(store.servers, seen, maxAgeMs);
  const findings = [
    ...ofConfiguration,
    ...store.findings,
    ...(archive?.findings ?? []),
    ...(source?.findings ?? []),
    ...samples,
    ...balancer.findings,
    ...servers.flatMap((server) => server.findings),
    ...reads,
  ];
  return {
    isHealthy: !findings.some(({ severity }) => severity === 'fault'),
    ...head,
    things: [
      thing,
      store.thing,
      ...(archive === undefined ? [] : [archive.thing]),
      source === undefined ? NO_SOURCE : judgedThing(source.thing, samples),
      balancer.thing,
    ],
    servers: servers.map(({ check }) => withSample(check, seen, findings)),
    strangers: seen?.strangers ?? [],
    findings: [...findings].sort((a, b) => rank(a) - rank(b)),
  };
}

function withSample(
  check: ServerCheck,
  seen: SourceCheck['seen'],
  findings: readonly Finding[],
): ServerCheck {
  const sample = seen?.samples.get(check.id);
  return {
    ...check,
    state: stateOf(findings.filter(({ serverId }) => serverId === check.id)),
    sampleAgeSeconds: sample?.ageMs === undefined ? undefined : sample.ageMs / 1000,
    matchedBy: sample?.matchedBy,
  };
}

function rank({ severity }: Finding): number {
  return severity === 'fault' ? 0 : 1;
}
