import { expect } from 'chai';
import { dashboards, fileText } from '../src/dashboards.js';
import { dashboardFaults } from '../src/checks/lint-dashboard.js';
import type { Json } from '../src/checks/json.js';
import { readRegistries } from '../src/checks/registries.js';

/** A dashboard as a test may change it. */
interface Draft {
  uid: string;
  title: string;
  tags: string[];
  panels: PanelDraft[];
  templating: { list: { name: string }[] };
  annotations: { list: { expr: string; titleFormat?: string }[] };
}

interface PanelDraft {
  id?: number;
  type: string;
  title: string;
  description: string;
  datasource: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { refId: string; expr?: string; query?: string; legendFormat?: string }[];
  options: { legend?: { calcs: string[] }; reduceOptions: { calcs: string[] } };
  transformations: { id: string }[];
  fieldConfig: {
    defaults: { unit: string; noValue?: string; color: { mode: string }; custom: object };
    overrides: { matcher: { id: string }; properties: { id: string; value: unknown }[] }[];
  };
}

function draft(uid: string): Draft {
  const made = dashboards().find((one) => one.uid === uid);
  return JSON.parse(fileText(made!)) as Draft;
}

const LINES = 12;
const BIG_NUMBER = 2;
const TABLE = 9;

const panel = (dashboard: Draft, id: number): PanelDraft => dashboard.panels.find((one) => one.id === id)!;
const target = (dashboard: Draft, id: number): PanelDraft['targets'][number] =>
  panel(dashboard, id).targets[0]!;

/** What is broken, and the words that say so; on the dashboard Pool. */
const BROKEN: readonly (readonly [
  name: string,
  breakIt: (dashboard: Draft) => void,
  words: string | RegExp,
])[] = [
  ['a uid of 41 characters', (d) => (d.uid = 'x'.repeat(41)), /uid "x+" is not one that Grafana takes/],
  ['a uid with a blank', (d) => (d.uid = 'ballast pool'), 'uid "ballast pool" is not one'],
  ['no title', (d) => (d.title = ''), 'no title'],
  ['no tag', (d) => (d.tags = []), 'without the tag ballast'],
  ['a panel whose id is unset', (d) => delete panel(d, LINES).id, 'a panel without an id'],
  ['an id that is there twice', (d) => (panel(d, LINES).id = TABLE), 'two panels with the id 9'],
  ['a panel over another', (d) => (panel(d, LINES).gridPos.y -= 3), 'lies over'],
  ['a panel beyond the 24th column', (d) => (panel(d, TABLE).gridPos.x = 1), 'outside of 24 columns'],
  ['a panel too small to read', (d) => (panel(d, BIG_NUMBER).gridPos.w = 2), 'is too small'],
  ['a hole between panels', (d) => d.panels.splice(3, 1), 'the panels leave holes'],
  ['a panel without a title', (d) => (panel(d, LINES).title = ''), 'no title'],
  [
    'a description that does not say what to do',
    (d) => (panel(d, LINES).description = 'Load of the servers'),
    'does not say what it shows',
  ],
  ['nothing that stands for no data', (d) => delete panel(d, LINES).fieldConfig.defaults.noValue, 'no data'],
  [
    'a unit of nobody',
    (d) => (panel(d, LINES).fieldConfig.defaults.unit = 'persons'),
    'unknown unit "persons"',
  ],
  [
    'a unit of nobody in an override',
    (d) => panel(d, LINES).fieldConfig.overrides[0]?.properties.push({ id: 'unit', value: 'loads' }),
    'unknown unit "loads"',
  ],
  [
    'a reducer of nobody',
    (d) => (panel(d, BIG_NUMBER).options.reduceOptions.calcs = ['newest']),
    'unknown reducer "newest"',
  ],
  [
    'a reducer of nobody in a legend',
    (d) => (panel(d, LINES).options.legend = { calcs: ['average'] }),
    'unknown reducer "average"',
  ],
  [
    'a colour mode of nobody',
    (d) => (panel(d, LINES).fieldConfig.defaults.color.mode = 'palette-nice'),
    'unknown colour mode "palette-nice"',
  ],
  [
    'a colour that not everybody can tell from others',
    (d) =>
      panel(d, LINES).fieldConfig.overrides[0]?.properties.push({
        id: 'color',
        value: { mode: 'fixed', fixedColor: 'red' },
      }),
    'colour red is not of the palette',
  ],
  [
    'a transformation of nobody',
    (d) => (panel(d, TABLE).transformations[0]!.id = 'joinByName'),
    'unknown transformation "joinByName"',
  ],
  [
    'a matcher of nobody',
    (d) => (panel(d, LINES).fieldConfig.overrides[0]!.matcher.id = 'byColour'),
    'unknown matcher "byColour"',
  ],
  ['no query', (d) => (panel(d, LINES).targets = []), 'no query'],
  ['an empty query', (d) => (target(d, LINES).expr = ''), 'an empty query'],
  ['two queries of one letter', (d) => panel(d, LINES).targets.push(target(d, LINES)), 'two queries A'],
  ['an unclosed bracket', (d) => (target(d, LINES).expr = 'sum(rate(up[5m])'), 'PromQL cannot be read'],
  ['a rate of no range', (d) => (target(d, LINES).expr = 'rate(up)'), 'expected type matrix'],
  ['a line without a name', (d) => (target(d, LINES).legendFormat = ''), 'a line without a name'],
  [
    'a legend with a label that is summed away',
    (d) => (target(d, LINES).legendFormat = '{{tenant}}'),
    'no label tenant for its legend',
  ],
  [
    'a data source of one installation',
    (d) => (panel(d, LINES).datasource.uid = 'P1809F7CD0C75ACF3'),
    'is no variable',
  ],
  [
    'a variable that is not there',
    (d) => (target(d, LINES).expr = 'ballast_server_load{server="$host"}'),
    'variable $host is not there',
  ],
  [
    'a variable that was taken away',
    (d) => (d.templating.list = d.templating.list.filter(({ name }) => name !== 'cluster')),
    'variable $cluster is not there',
  ],
  [
    'a link to a dashboard that is not there',
    (d) =>
      panel(d, TABLE).fieldConfig.overrides[0]?.properties.push({
        id: 'links',
        value: [{ title: 'Go', url: '/d/ballast-host?var-x=1' }],
      }),
    'link /d/ballast-host?var-x=1 leads nowhere',
  ],
];

describe('the checks of dashboards', () => {
  const context = {
    registries: readRegistries(),
    uids: new Set(dashboards().map(({ uid }) => uid ?? '')),
  };
  const faultsOf = (dashboard: Draft): string[] => dashboardFaults(dashboard as unknown as Json, context);

  for (const [name, breakIt, words] of BROKEN) {
    it(`find ${name}`, () => {
      const dashboard = draft('ballast-pool');
      expect(faultsOf(dashboard), 'before').to.deep.equal([]);
      breakIt(dashboard);
      const faults = faultsOf(dashboard);
      if (typeof words === 'string') expect(faults.join('\n')).to.include(words);
      else expect(faults.join('\n')).to.match(words);
    });
  }

  it('find Flux that names no bucket, and annotations that say nothing or cannot be read', () => {
    const dashboard = draft('ballast-server');
    const flux = dashboard.panels
      .flatMap(({ targets = [] }) => targets)
      .find(({ query }) => query !== undefined);
    flux!.query = 'from(bucket: "telegraf") |> range(start: -1h)';
    delete dashboard.annotations.list[0]!.titleFormat;
    dashboard.annotations.list[1]!.expr = 'changes(ballast_server_health';
    const faults = faultsOf(dashboard).join('\n');
    expect(faults).to.include('Flux without its bucket');
    expect(faults).to.include('says nothing');
    expect(faults).to.include('annotation "Becomes online again": PromQL cannot be read');
  });
});
