import type { PlacementsAnswer } from '../admin/views.js';
import { showAge, showBandwidth, showCount, showLoad, showRatio, showTime } from './show.js';
import { printable, renderTable } from './table.js';
import { paint, type Terminal } from './terminal.js';

type Placement = PlacementsAnswer['placements'][number];
type Candidate = Placement['decision']['candidates'][number];

/** What a server did that could not take the meeting; all else is the messageKey of its answer. */
const CAUSES: Readonly<Record<string, string>> = {
  refused: 'could not be connected to',
  reset: 'broke the connection',
  timeout: 'did not answer in time',
  tls: 'has a certificate that is not accepted',
  status: 'answered with an HTTP error',
  notBbb: 'answered as no BigBlueButton does',
  tooLarge: 'sent an answer that is too large',
};

/** One decision for a person: a sentence, the candidates best first, and what failed on the way. */
export function explainPlacement(terminal: Pick<Terminal, 'isColoured'>, placement: Placement): string {
  const { id, meetingId, tenantId, at, serverId, policy, expectedAttendees, decision, retries } = placement;
  const where = serverId === undefined ? 'no server' : `server ${serverId}`;
  const heading = printable(`Meeting ${meetingId} (tenant ${tenantId}), ${showTime(at)}: ${where}`);
  const candidates = [...decision.candidates].sort(byRank);
  const notes = decision.notes ?? [`${expectedAttendees} people expected`];
  return [
    `${paint(terminal, 'heading', heading)}\n`,
    `${printable(decision.explanation)}\n`,
    ...notes.map((note) => `${printable(note)}\n`),
    `${paint(terminal, 'faint', printable(`Policy ${policy}, reason ${decision.reason}, placement ${id}.`))}\n\n`,
    candidateTable(terminal, candidates, serverId),
    ...retries.map(({ serverId: failed, cause }, index) => {
      const isLast = index === retries.length - 1 && serverId === undefined;
      const then = isLast ? 'no other took it' : 'moved on';
      const text = printable(`Try ${index + 1}: ${failed} ${CAUSES[cause] ?? `said ${cause}`}; ${then}.`);
      return `${index === 0 ? '\n' : ''}${paint(terminal, 'warning', text)}\n`;
    }),
  ].join('');
}

function candidateTable(
  terminal: Pick<Terminal, 'isColoured'>,
  candidates: readonly Candidate[],
  serverId: string | undefined,
): string {
  return renderTable<Candidate>(
    terminal,
    [
      { title: 'RANK', align: 'right', value: ({ rank }) => showCount(rank) },
      {
        title: 'SERVER',
        value: ({ id }) => id,
        tone: ({ id, rank }) => (id === serverId ? 'good' : rank === undefined ? 'faint' : undefined),
      },
      { title: 'LOAD', align: 'right', value: ({ load }) => showLoad(load) },
      { title: 'BOUND BY', value: ({ bound }) => bound ?? '-' },
      { title: 'CPU NOW', align: 'right', value: ({ cpu }) => showRatio(cpu) },
      { title: 'PREDICTED', align: 'right', value: showPredicted },
      { title: 'MEMORY', align: 'right', value: ({ memory }) => showRatio(memory) },
      {
        title: 'NETWORK',
        align: 'right',
        value: ({ networkBytesPerSecond }) => showBandwidth(networkBytesPerSecond),
      },
      { title: 'ATTENDEES', align: 'right', value: ({ attendees }) => showCount(attendees) },
      { title: 'RESERVED', align: 'right', value: ({ reservedAttendees }) => showCount(reservedAttendees) },
      { title: 'MEETINGS', align: 'right', value: ({ meetings }) => showCount(meetings) },
      { title: 'SAMPLE', align: 'right', value: ({ sampleAgeMs }) => showAge(seconds(sampleAgeMs)) },
      { title: 'POLL', align: 'right', value: ({ pollAgeMs }) => showAge(seconds(pollAgeMs)) },
      { title: 'VERDICT', value: ({ verdict }) => verdict },
      { title: 'WHY', value: ({ detail }) => detail },
    ],
    candidates,
  );
}

/** `58 % in 20 min`; decisions of version 0.1 do not say when. */
function showPredicted({ predictedCpu, predictedInMs }: Candidate): string {
  const shown = showRatio(predictedCpu);
  return predictedInMs === undefined ? shown : `${shown} in ${showAge(predictedInMs / 1000)}`;
}

function byRank(a: Candidate, b: Candidate): number {
  return (a.rank ?? Infinity) - (b.rank ?? Infinity) || (a.id < b.id ? -1 : 1);
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
