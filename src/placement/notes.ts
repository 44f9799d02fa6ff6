import { ageOf, describeLoad, percent, plural } from './describe-load.js';
import type { Matter } from './judged.js';
import type { Expectation } from './learning/room-habits.js';

/** CPU beyond what people explain is worth a sentence from here on. */
const MUCH_CPU = 0.03;

/** An expected CPU that is so far below the one now makes a reader wonder. */
const FAR_BELOW = 0.2;

/** What the decision was reckoned with: people and time expected, what a person costs, what else keeps the host busy. */
export function notesOf({ request, choice }: Matter): readonly string[] {
  const notes = [describeExpectation(request.expectation)];
  if (choice?.policy.describe !== describeLoad || choice.first.cpu === undefined) return notes;
  const { candidate } = choice.first;
  const { id, cpuPerPerson, backgroundCpu } = candidate;
  if (cpuPerPerson > 0 && cpuPerPerson < 1)
    notes.push(
      `a person with usual voice and video is taken to cost ${shownCost(cpuPerPerson)} CPU on ${id}`,
    );
  const { cpu, predictedCpu } = choice.first;
  const isPeak = predictedCpu !== undefined && cpu - predictedCpu >= FAR_BELOW;
  if (isPeak && (backgroundCpu ?? 0) > -MUCH_CPU)
    notes.push(
      `${id} is expected to calm down from ${percent(cpu)}: a peak counts for the future only as it lasts`,
    );
  if (backgroundCpu === undefined || !(Math.abs(backgroundCpu) >= MUCH_CPU)) return notes;
  const much = percent(Math.abs(backgroundCpu));
  notes.push(`${id} has ${much} CPU ${backgroundCpu > 0 ? 'beyond what' : 'less than'} its people explain`);
  return notes;
}

function shownCost(cpuPerPerson: number): string {
  return `${Number((cpuPerPerson * 100).toPrecision(2))} %`;
}

/** "23 people for about 45 minutes expected, going by its last 4 sessions". */
export function describeExpectation({ attendees, durationsMs, basis, sessions }: Expectation): string {
  const rounded = Math.round(attendees);
  const people =
    attendees >= 0 && attendees < 1e7
      ? rounded === 1
        ? '1 person'
        : `${rounded} people`
      : 'no usable number of people';
  const meanMs = durationsMs.reduce((sum, ms) => sum + ms, 0) / durationsMs.length;
  const long = meanMs > 0 && meanMs < 1e10 ? ` for about ${ageOf(meanMs)}` : '';
  switch (basis) {
    case 'room':
      return `${people}${long} expected, going by ${sessions === 1 ? 'its last session' : `its last ${plural(sessions, 'session')}`}`;
    case 'tenant':
      return `${people}${long} expected, going by ${plural(sessions, 'session')} of its tenant`;
    case 'hint':
      return `${people}${long} expected, by its size hint`;
    case 'default':
      return `${people}${long} assumed, nothing is known of this room`;
  }
}
