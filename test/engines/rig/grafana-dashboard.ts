import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One query as a dashboard's file has it: PromQL in `expr`, Flux in `query`. */
export interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string };
  readonly expr?: string;
  readonly query?: string;
  readonly instant?: boolean;
  readonly interval?: string;
}

/** A panel that asks for something. */
export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly w: number };
  readonly targets: readonly Target[];
  readonly interval?: string;
  readonly maxDataPoints?: number;
}

/** A variable that is a query, or a choice. */
export interface DashboardVariable {
  readonly name: string;
  readonly type: string;
  readonly allValue?: string;
  readonly query: string | { readonly query: string };
}

/** An annotation that is a query. */
export interface DashboardAnnotation {
  readonly name: string;
  readonly expr?: string;
  readonly step?: string;
  readonly target?: Target;
}

/** What of a dashboard's file asks for data. */
export interface DashboardFile {
  readonly uid: string;
  readonly panels: readonly DashboardPanel[];
  readonly variables: readonly DashboardVariable[];
  readonly annotations: readonly DashboardAnnotation[];
}

interface RawDashboard {
  readonly uid: string;
  readonly panels: readonly (Partial<DashboardPanel> & { readonly panels?: readonly DashboardPanel[] })[];
  readonly templating: { readonly list: readonly DashboardVariable[] };
  readonly annotations: { readonly list: readonly DashboardAnnotation[] };
}

/** Every dashboard of the folder; panels inside collapsed rows as well. Our own files: they are not checked here. */
export function readDashboards(folder: string): DashboardFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const raw = JSON.parse(readFileSync(join(folder, name), 'utf8')) as RawDashboard;
      const all = raw.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
      return {
        uid: raw.uid,
        panels: all.filter((panel): panel is DashboardPanel => panel.targets !== undefined),
        variables: raw.templating.list,
        annotations: raw.annotations.list,
      };
    });
}

/** Puts values in the place of `$name`, `${name}` and `${name:format}`; what has no value stays. */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g,
    (all, braced?: string, bare?: string) => values[braced ?? bare ?? ''] ?? all,
  );
}
