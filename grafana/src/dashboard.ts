import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type AnnotationQuery,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Variable } from './variables.js';

const COLUMNS = 24;

/** Panels under one heading, laid out from left to right in the order in which they stand. */
export interface Section {
  /** As a panel's: stays for ever. */
  readonly id: number;
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What makes one dashboard. */
export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
  readonly annotations?: readonly Builder<AnnotationQuery>[];
}

/** Lays the panels out and makes the dashboard that Grafana reads. Throws when a line of panels does not fill 24 columns. */
export function dashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(['ballast'])
    .timezone('browser')
    .time({ from: spec.from, to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables([...spec.variables])
    .annotations([...(spec.annotations ?? [])])
    .links([
      new DashboardLinkBuilder('Ballast')
        .type(DashboardLinkType.Dashboards)
        .tags(['ballast'])
        .keepTime(true)
        .includeVars(true)
        .icon('dashboard')
        .tooltip('The other dashboards of Ballast'),
    ]);
  let y = 0;
  for (const section of spec.sections) {
    const at = y;
    builder.withRow(
      new RowBuilder(section.title)
        .id(section.id)
        .gridPos({ x: 0, y: at, w: COLUMNS, h: 1 })
        .collapsed(false),
    );
    y += 1;
    const placed = layOut(section, y);
    for (const panel of placed) builder.withPanel({ build: () => panel });
    y = Math.max(y, ...placed.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
  }
  return tidy(builder.build());
}

/** Takes away what the SDK adds and Grafana does not know, and the menu into which it puts links and annotations. */
function tidy(made: Dashboard): Dashboard {
  for (const control of [...(made.links ?? []), ...(made.annotations.list ?? [])]) delete control.placement;
  for (const variable of made.templating.list ?? []) {
    delete variable.auto;
    delete variable.auto_min;
    delete variable.auto_count;
  }
  for (const panel of made.panels ?? []) {
    if (panel.type === 'table') delete (panel as { options?: { footer?: unknown } }).options?.footer;
  }
  return made;
}

function layOut({ title, panels }: Section, top: number): Panel[] {
  let [x, y, height] = [0, top, 0];
  const placed = panels.map((panel) => {
    const { w = 0, h = 0 } = panel.gridPos ?? {};
    const gridPos = { x, y, w, h };
    height = Math.max(height, h);
    x += w;
    if (x > COLUMNS) throw new Error(`${title}: ${panel.title ?? ''} does not fit into its line`);
    if (x === COLUMNS) [x, y, height] = [0, y + height, 0];
    return { ...panel, gridPos };
  });
  if (x !== 0) throw new Error(`${title}: the last line of panels has ${x} of ${COLUMNS} columns`);
  return placed;
}
