import type { DynamicConfigValue, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';

/**
 * The colours of Okabe and Ito ("Color Universal Design", 2008): told apart with any kind of colour blindness. Black is a
 * grey here, as Grafana is dark by default.
 */
export const colour = {
  grey: '#999999',
  orange: '#E69F00',
  sky: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  purple: '#CC79A7',
} as const;

/** Fine, look at it, act: blue to vermillion, never green against red. */
export const state = {
  fine: colour.sky,
  look: colour.orange,
  act: colour.vermillion,
  none: colour.grey,
} as const;

/** Colours from values: fine below `look`, and so on upwards. */
export function rising(look: number, act: number): ThresholdsConfigBuilder {
  return steps([
    { value: null, color: state.fine },
    { value: look, color: state.look },
    { value: act, color: state.act },
  ]);
}

/** Colours from values: to act on below `look`, fine from `fine` on. */
export function falling(look: number, fine: number): ThresholdsConfigBuilder {
  return steps([
    { value: null, color: state.act },
    { value: look, color: state.look },
    { value: fine, color: state.fine },
  ]);
}

/** Colours for what there is too little of: to act on when none is left. */
export function scarce(): ThresholdsConfigBuilder {
  return steps([
    { value: null, color: state.act },
    { value: 1, color: state.look },
  ]);
}

/** One colour whatever the value. */
export function plain(color: string = state.fine): ThresholdsConfigBuilder {
  return steps([{ value: null, color }]);
}

/** A dashed line across a panel, without colouring what is above or below it. */
export function limitAt(value: number): ThresholdsConfigBuilder {
  return steps([
    { value: null, color: 'transparent' },
    { value, color: colour.vermillion },
  ]);
}

/** The override that gives a field this colour. */
export function fixed(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } };
}

/** The calls that make up nearly all requests, a colour each. */
export function callLines(): readonly { readonly name: string; readonly color: string }[] {
  return [
    { name: 'create', color: colour.orange },
    { name: 'join', color: colour.sky },
    { name: 'end', color: colour.grey },
    { name: 'isMeetingRunning', color: colour.green },
    { name: 'getMeetingInfo', color: colour.blue },
    { name: 'getMeetings', color: colour.purple },
    { name: 'getRecordings', color: colour.yellow },
  ];
}

/** Why servers get no new meetings, in words for readers. */
export function exclusionLines(): readonly {
  readonly name: string;
  readonly color: string;
  readonly title: string;
}[] {
  return [
    { name: 'not-online', color: colour.vermillion, title: 'not online' },
    { name: 'above-ceiling', color: colour.orange, title: 'at a limit' },
    { name: 'not-enabled', color: colour.grey, title: 'cordoned or disabled' },
  ];
}

/** The outcomes of calls to servers, a colour each: what is well in blue, what hangs or breaks in warm colours. */
export function outcomeLines(): readonly { readonly name: string; readonly color: string }[] {
  return [
    { name: 'success', color: colour.sky },
    { name: 'failed', color: colour.yellow },
    { name: 'refused', color: colour.vermillion },
    { name: 'timeout', color: colour.orange },
    { name: 'reset', color: colour.purple },
    { name: 'tls', color: colour.blue },
    { name: 'notBbb', color: colour.grey },
  ];
}

/** Overrides that give colours to names. */
export type ColourRules = readonly { readonly regexp: string; readonly properties: DynamicConfigValue[] }[];

/**
 * A colour for every name: by the last number in its first part (`bbb1.example.org`, `bbb1-eu` and `eu2-bbb1` are 1s), by its
 * last character where that has none. So a server has the same colour in each panel and on each day.
 */
export function coloursByName(): ColourRules {
  const { purple, sky, orange, green, yellow, blue, vermillion, grey } = colour;
  const part = '(?=.*[a-z])[^.:]*';
  return byEnding([purple, sky, orange, green, yellow, blue, vermillion, grey], (characters) => {
    const digits = characters.replace(/\D/g, '');
    return `/^${part}[${digits}][^\\d.:]*([.:]|$)|^(?!${part}\\d).*[${characters}]$/i`;
  });
}

/** Colours for what should not happen, by the last character (of the cause): nothing that looks like "all is well". */
export function coloursOfFaults(): ColourRules {
  const { purple, orange, yellow, blue, vermillion, grey } = colour;
  return byEnding(
    [purple, yellow, grey, vermillion, orange, blue, yellow, purple],
    (characters) => `/[${characters}]$/i`,
  );
}

function byEnding(order: readonly string[], regexpOf: (characters: string) => string): ColourRules {
  const endings = ['08agow', '19bhpx', '2ciqy', '3djrz', '4eks', '5flt', '6mu', '7nv'];
  return order.map((color, index) => ({
    regexp: regexpOf(endings[index] ?? ''),
    properties: [fixed(color)],
  }));
}

function steps(list: Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);
}
