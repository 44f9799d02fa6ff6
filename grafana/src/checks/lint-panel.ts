import { colour } from '../palette.js';
import { findAll, type Json, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { promqlFaults } from './lint-promql.js';
import type { Registries } from './registries.js';

const COLOURS = new Set<string>([...Object.values(colour), 'transparent', 'rgba(255,0,255,0.7)']);
const DATASOURCES: Readonly<Record<string, string>> = {
  prometheus: '${datasource}',
  influxdb: '${influx}',
  datasource: '-- Mixed --',
};
/** Panels that are read by their legend. */
const WITH_LEGEND = new Set(['timeseries', 'barchart', 'piechart']);

/** What is wrong with one panel, whatever dashboard it stands on. */
export function panelFaults(panel: JsonObject, registries: Registries): string[] {
  const targets = listOf(panel.targets).map(objectOf);
  return [
    ...wordFaults(panel),
    ...nameFaults(panel, registries),
    ...targets.flatMap((target) => targetFaults(target, textOf(panel.type))),
    ...repeated(targets.map(({ refId }) => textOf(refId))).map((refId) => `two queries ${refId}`),
    ...[panel, ...targets].flatMap((part) => datasourceFaults(objectOf(part.datasource))),
    ...(targets.length === 0 ? ['no query'] : []),
  ];
}

function wordFaults(panel: JsonObject): string[] {
  const description = textOf(panel.description);
  const wanted = ['**Normal:** ', '**If not:** '];
  return [
    ...(textOf(panel.title) === '' ? ['no title'] : []),
    ...(wanted.every((part) => description.includes(part)) && description.indexOf(wanted[0] ?? '') > 20
      ? []
      : ['its description does not say what it shows, what is normal and what to do']),
    ...(/- |^$/.exec(textOf(objectOf(objectOf(panel.fieldConfig).defaults).noValue))
      ? ['it does not say what stands for no data']
      : []),
  ];
}

function nameFaults(panel: JsonObject, registries: Registries): string[] {
  const { defaults, overrides } = objectOf(panel.fieldConfig);
  const properties = listOf(overrides).flatMap((rule) => listOf(objectOf(rule).properties).map(objectOf));
  const given = (id: string): Json[] =>
    properties.filter((property) => property.id === id).map(({ value }) => value ?? null);
  const unknown = (
    what: string,
    known: ReadonlySet<string>,
    names: readonly (Json | undefined)[],
  ): string[] =>
    names.filter((name) => !known.has(textOf(name))).map((name) => `unknown ${what} ${JSON.stringify(name)}`);
  const { color, unit } = objectOf(defaults);
  const modes = [color, ...given('color')].filter((value) => value !== undefined);
  return [
    ...unknown('unit', registries.units, [unit, ...given('unit')]),
    ...unknown('reducer', registries.reducers, findAll(panel.options, 'calcs').flatMap(listOf)),
    ...unknown(
      'colour mode',
      registries.colourModes,
      modes.map((value) => objectOf(value).mode),
    ),
    ...unknown(
      'transformation',
      registries.transformations,
      listOf(panel.transformations).map((step) => objectOf(step).id),
    ),
    ...unknown(
      'matcher',
      registries.matchers,
      listOf(overrides).map((rule) => objectOf(objectOf(rule).matcher).id),
    ),
    ...coloursOf(panel)
      .filter((value) => !COLOURS.has(value))
      .map((value) => `colour ${value} is not of the palette that everybody can tell apart`),
  ];
}

/** Colours by name or code; an object under `color` is a mode. */
function coloursOf(panel: JsonObject): string[] {
  return [...findAll(panel.fieldConfig, 'color'), ...findAll(panel.fieldConfig, 'fixedColor')].filter(
    (value): value is string => typeof value === 'string',
  );
}

function targetFaults(target: JsonObject, panelType: string): string[] {
  const expr = textOf(target.expr);
  const query = textOf(target.query);
  if (expr === '' && query === '') return ['an empty query'];
  if (expr === '')
    return query.startsWith('from(bucket: v.defaultBucket)') ? [] : ['Flux without its bucket'];
  const legend = textOf(target.legendFormat);
  const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  return [
    ...promqlFaults(expr),
    ...(WITH_LEGEND.has(panelType) && (legend === '' || legend === '__auto')
      ? ['a line without a name']
      : []),
    ...labels.filter((label) => !expr.includes(label)).map((label) => `no label ${label} for its legend`),
  ];
}

function datasourceFaults({ type, uid }: JsonObject): string[] {
  return DATASOURCES[textOf(type)] === uid
    ? []
    : [`data source ${textOf(type)} ${textOf(uid)} is no variable`];
}

/** What stands in a list more than once. */
export function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
