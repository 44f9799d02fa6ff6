import type { CheckState, DoctorReport, Finding, ServerCheck, ThingCheck } from '../doctor/report.js';
import { showAge } from './show.js';
import { printable, renderTable } from './table.js';
import { paint, type Terminal, type Tone } from './terminal.js';

const STATES: Readonly<Record<CheckState, { readonly word: string; readonly tone: Tone }>> = {
  ok: { word: 'ok', tone: 'good' },
  note: { word: 'note', tone: 'warning' },
  fault: { word: 'WRONG', tone: 'bad' },
};

/** The report for a person: a table of the parts, one of the servers, then each thing found with what to do about it. */
export function doctorReport(terminal: Pick<Terminal, 'isColoured'>, report: DoctorReport): string {
  const faults = report.findings.filter(({ severity }) => severity === 'fault');
  const notes = report.findings.filter(({ severity }) => severity === 'note');
  const count = faults.length === 1 ? '1 thing is wrong' : `${faults.length} things are wrong`;
  const verdict =
    faults.length === 0
      ? paint(terminal, 'good', 'Nothing is wrong.')
      : paint(terminal, 'bad', `${count}, see above.`);
  return [
    things(terminal, report.things),
    ...(report.servers.length === 0 ? [] : [servers(terminal, report.servers)]),
    ...(faults.length === 0 ? [] : [listed(terminal, 'Wrong:', 'bad', faults)]),
    ...(notes.length === 0 ? [] : [listed(terminal, 'To know:', 'warning', notes)]),
    `${verdict}\n`,
  ].join('\n');
}

function things(terminal: Pick<Terminal, 'isColoured'>, rows: readonly ThingCheck[]): string {
  return renderTable<ThingCheck>(
    terminal,
    [
      { title: 'CHECKED', value: ({ name }) => name },
      { title: 'STATE', value: ({ state }) => STATES[state].word, tone: ({ state }) => STATES[state].tone },
      { title: 'ANSWER', align: 'right', value: ({ answerMs }) => milliseconds(answerMs) },
      { title: 'VERSION', value: ({ version }) => version ?? '' },
      { title: 'WHAT', value: ({ summary }) => summary },
    ],
    rows,
  );
}

function servers(terminal: Pick<Terminal, 'isColoured'>, rows: readonly ServerCheck[]): string {
  return renderTable<ServerCheck>(
    terminal,
    [
      { title: 'SERVER', value: ({ id }) => id },
      { title: 'STATE', value: ({ state }) => STATES[state].word, tone: ({ state }) => STATES[state].tone },
      { title: 'ADMIN', value: ({ adminState }) => adminState },
      {
        title: 'ANSWER',
        align: 'right',
        value: ({ answerMs, failure }) => failure ?? (answerMs === undefined ? '-' : milliseconds(answerMs)),
        tone: ({ isReachable }) => (isReachable ? undefined : 'bad'),
      },
      {
        title: 'SECRET',
        value: ({ isSecretRight: right }) => (right === undefined ? '-' : right ? 'right' : 'wrong'),
        tone: ({ isSecretRight }) => (isSecretRight === false ? 'bad' : undefined),
      },
      { title: 'BBB', value: ({ bbbVersion }) => bbbVersion ?? '-' },
      { title: 'API', value: ({ apiVersion }) => apiVersion ?? '-' },
      { title: 'CLOCK', align: 'right', value: ({ clockSkewSeconds }) => skew(clockSkewSeconds) },
      { title: 'SAMPLE', align: 'right', value: ({ sampleAgeSeconds }) => showAge(sampleAgeSeconds) },
      { title: 'BY TAG', value: ({ matchedBy }) => matchedBy ?? '' },
    ],
    rows,
  );
}

function listed(
  terminal: Pick<Terminal, 'isColoured'>,
  title: string,
  tone: Tone,
  findings: readonly Finding[],
): string {
  const lines = findings.flatMap((finding) => {
    const name = finding.serverId ?? finding.about;
    const advice = finding.advice === '' ? [] : [`    do: ${printable(finding.advice)}`];
    return [`  ${paint(terminal, tone, printable(name))}: ${printable(finding.message)}`, ...advice];
  });
  return [paint(terminal, 'heading', title), ...lines, ''].join('\n');
}

function milliseconds(ms: number | undefined): string {
  return ms === undefined ? '' : `${Math.round(ms)} ms`;
}

function skew(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  const rounded = Math.round(seconds);
  return `${rounded > 0 ? '+' : ''}${rounded} s`;
}
