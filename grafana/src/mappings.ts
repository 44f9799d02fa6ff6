import { MappingType, SpecialValueMatch, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { state } from './palette.js';

/** What is not known reads as a dash. */
export const unknownAsDash: ValueMapping = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text: '–', color: state.none } },
};

/** The words for a server's health code (`healthCode`): each has a shape beside its colour. */
export const health = words({
  1: ['● online', state.fine],
  2: ['? not polled yet', state.none],
  3: ['▲ unstable', state.look],
  4: ['✖ offline', state.act],
  5: ['✖ wrong secret', state.act],
});

/** The same for a coloured cell: what is well has no colour there. */
export const healthCell = words({
  1: ['● online', 'transparent'],
  2: ['? not polled yet', state.none],
  3: ['▲ unstable', state.look],
  4: ['✖ offline', state.act],
  5: ['✖ wrong secret', state.act],
});

/** The words for a server's admin state code (`adminCode`). */
export const adminState = words({
  1: ['enabled', state.fine],
  2: ['‖ cordoned', state.look],
  3: ['■ disabled', state.none],
});

/** Whether new meetings may go there. */
export const eligible = words({ 0: ['✖ no', state.look], 1: ['● yes', state.fine] });

/** The same with the reason (`newMeetingsCode`). */
export const newMeetings = words({
  0: ['✖ no', state.look],
  1: ['● yes', state.fine],
  2: ['● yes, a spare', state.fine],
  3: ['✖ at a limit', state.look],
  4: ['✖ cordoned or disabled', state.look],
  5: ['✖ not online', state.look],
});

/** Whether something works. */
export const upDown = words({ 0: ['✖ fails', state.act], 1: ['● works', state.fine] });

/** How much a finding presses. */
export const severity = words({
  1: ['● look when there is time', state.fine],
  2: ['▲ look today', state.look],
  3: ['✖ act now', state.act],
});

function words(
  table: Readonly<Record<number, readonly [text: string, color: string]>>,
): readonly ValueMapping[] {
  const options = Object.fromEntries(
    Object.entries(table).map(([value, [text, color]], index) => [value, { text, color, index }]),
  );
  return [{ type: MappingType.ValueToText, options }, unknownAsDash];
}
