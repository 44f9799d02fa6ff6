import { findAll, type Json, listOf, objectOf, textOf } from './json.js';
import { layoutFaults, panelsOf } from './lint-layout.js';
import { panelFaults, repeated } from './lint-panel.js';
import { promqlFaults } from './lint-promql.js';
import type { Registries } from './registries.js';

const UID = /^[a-zA-Z0-9_-]{1,40}$/;

/** What a dashboard is checked against beside its own file. */
export interface LintContext {
  readonly registries: Registries;
  /** Of all dashboards: links lead to these. */
  readonly uids: ReadonlySet<string>;
}

/** Everything that is wrong with a dashboard's file, a sentence each, with the panel it is about. */
export function dashboardFaults(dashboard: Json, { registries, uids }: LintContext): string[] {
  const { uid, title, tags } = objectOf(dashboard);
  const panels = panelsOf(dashboard);
  const ids = panels.map(({ id }) => (typeof id === 'number' ? String(id) : 'unset'));
  return [
    ...(UID.test(textOf(uid)) ? [] : [`uid ${JSON.stringify(uid)} is not one that Grafana takes`]),
    ...(textOf(title) === '' ? ['no title'] : []),
    ...(listOf(tags).includes('ballast') ? [] : ['without the tag ballast the others do not link here']),
    ...(ids.includes('unset') ? ['a panel without an id'] : []),
    ...repeated(ids.filter((id) => id !== 'unset')).map((id) => `two panels with the id ${id}`),
    ...layoutFaults(panels),
    ...panels
      .filter(({ type }) => type !== 'row')
      .flatMap((panel) =>
        panelFaults(panel, registries).map((fault) => `"${textOf(panel.title)}": ${fault}`),
      ),
    ...annotationFaults(dashboard),
    ...variableFaults(dashboard),
    ...linkFaults(dashboard, uids),
  ];
}

function annotationFaults(dashboard: Json): string[] {
  return listOf(objectOf(objectOf(dashboard).annotations).list)
    .map(objectOf)
    .flatMap(({ name, expr, titleFormat }) => [
      ...promqlFaults(textOf(expr)).map((fault) => `annotation "${textOf(name)}": ${fault}`),
      ...(textOf(titleFormat) === '' ? [`annotation "${textOf(name)}" says nothing`] : []),
    ]);
}

/** Every variable that is used has to be one of the dashboard's, or Grafana's own (`__…`). */
function variableFaults(dashboard: Json): string[] {
  const list = listOf(objectOf(objectOf(dashboard).templating).list).map(objectOf);
  const known = new Set(list.map(({ name }) => textOf(name)));
  const { panels, annotations } = objectOf(dashboard);
  const texts = ['expr', 'query', 'url', 'uid', 'legendFormat'].flatMap((key) =>
    [panels, annotations, list as Json].flatMap((part) => findAll(part, key)).map(textOf),
  );
  const used = texts.flatMap((text) =>
    [...text.matchAll(/\$(?:\{([a-zA-Z_][\w.]*)(?::\w+)?\}|([a-zA-Z_]\w*))/g)].map(
      ([, braced, bare]) => braced ?? bare ?? '',
    ),
  );
  const unknown = used.filter((name) => !name.startsWith('__') && !known.has(name));
  return [...new Set(unknown)].map((name) => `variable $${name} is not there`);
}

function linkFaults(dashboard: Json, uids: ReadonlySet<string>): string[] {
  return findAll(objectOf(dashboard).panels, 'url')
    .map(textOf)
    .filter((url) => !uids.has(/^\/d\/([\w-]+)/.exec(url)?.[1] ?? ''))
    .map((url) => `link ${url} leads nowhere`);
}
