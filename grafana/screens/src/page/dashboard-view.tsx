import { dateTime, type InterpolateFunction, LoadingState, type TimeRange } from '@grafana/data';
import { PanelChrome } from '@grafana/ui';
import type { ReactElement } from 'react';
import type { Scene } from '../wire.js';
import { panelKind } from './panel-kinds.js';
import { type PreparedPanel, theme } from './prepare-panel.js';

/** Grafana's grid: 24 columns, rows of 30 px, 8 px between them. */
const GRID = { columns: 24, row: 30, gap: 8, edge: 16 };
const HEADER_PX = 92;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A row's heading: its place and its title. */
export interface RowHeading {
  readonly title: string;
  readonly gridPos: Box;
}

interface DashboardViewProps {
  readonly scene: Scene;
  readonly rows: readonly RowHeading[];
  readonly panels: readonly PreparedPanel[];
  readonly replaceVariables: InterpolateFunction;
  readonly width: number;
}

/** One dashboard as it lies on the screen, all of it. */
export function DashboardView({ scene, rows, panels, replaceVariables, width }: DashboardViewProps) {
  const boxes = [...rows.map(({ gridPos }) => gridPos), ...panels.map(({ panel }) => boxOf(panel))];
  const height =
    HEADER_PX + Math.max(...boxes.map(({ y, h }) => (y + h) * (GRID.row + GRID.gap))) + GRID.edge;
  return (
    <main style={{ position: 'relative', width, height, background: theme.colors.background.canvas }}>
      <Header scene={scene} />
      {rows.map(({ title, gridPos }) => (
        <h2 key={title} style={{ ...place(gridPos, width), ...HEADING }}>
          ⌄ {title}
        </h2>
      ))}
      {panels.map((prepared) => (
        <div key={prepared.panel.id} style={place(boxOf(prepared.panel), width)}>
          <PanelView prepared={prepared} scene={scene} replaceVariables={replaceVariables} width={width} />
        </div>
      ))}
    </main>
  );
}

const HEADING = { fontSize: 16, fontWeight: 500, lineHeight: '30px', margin: 0 } as const;
const CHIP = {
  border: `1px solid ${theme.colors.border.medium}`,
  borderRadius: theme.shape.radius.default,
  padding: '4px 8px',
} as const;

function Header({ scene: { dashboard, variables, annotations, fromMs, toMs } }: { readonly scene: Scene }) {
  const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  const names = new Map((dashboard.annotations?.list ?? []).map(({ name, iconColor }) => [name, iconColor]));
  return (
    <header
      style={{ padding: `12px ${String(GRID.edge)}px 0`, display: 'flex', flexDirection: 'column', gap: 10 }}
    >
      <div style={{ display: 'flex', alignItems: 'baseline', gap: 16 }}>
        <strong style={{ fontSize: 18 }}>{dashboard.title}</strong>
        <span style={{ color: theme.colors.text.secondary, flexGrow: 1 }}>{dashboard.description}</span>
        <span style={CHIP}>
          {time(fromMs)} to {time(toMs).slice(11)} UTC
        </span>
      </div>
      <div style={{ display: 'flex', gap: 8 }}>
        {variables.map(({ name, label, text }) => (
          <span key={name} style={CHIP}>
            <span style={{ color: theme.colors.text.secondary }}>{label}</span> {text}
          </span>
        ))}
        {annotations.length > 0 &&
          [...names].map(([name, color]) => (
            <span key={name} style={{ ...CHIP, borderColor: 'transparent' }}>
              <span style={{ color }}>▲</span> {name}
            </span>
          ))}
      </div>
    </header>
  );
}

interface PanelViewProps {
  readonly prepared: PreparedPanel;
  readonly scene: Scene;
  readonly replaceVariables: InterpolateFunction;
  readonly width: number;
}

function PanelView({ prepared, scene, replaceVariables, width: pageWidth }: PanelViewProps) {
  const { panel, frames, fieldConfig, error } = prepared;
  const kind = panelKind(panel.type);
  const { width, height } = place(boxOf(panel), pageWidth);
  const timeRange = rangeOf(scene);
  const isEmpty = frames.every(({ length }) => length === 0);
  const content = (innerWidth: number, innerHeight: number): ReactElement =>
    isEmpty && kind.needsNoData !== true ? (
      <NoData text={fieldConfig.defaults.noValue ?? 'No data'} height={innerHeight} />
    ) : (
      kind.draw({
        width: innerWidth,
        height: innerHeight,
        frames,
        fieldConfig,
        options: panel.options ?? {},
        timeRange,
        theme,
        annotations: scene.annotations,
        replaceVariables,
      })
    );
  return (
    <PanelChrome
      title={replaceVariables(panel.title ?? '')}
      description={panel.description}
      width={width}
      height={height}
      loadingState={error === undefined ? LoadingState.Done : LoadingState.Error}
      statusMessage={error}
    >
      {content}
    </PanelChrome>
  );
}

/** What Grafana shows in a panel whose queries answer nothing. */
function NoData({ text, height }: { readonly text: string; readonly height: number }) {
  const style = { height, display: 'flex', alignItems: 'center', justifyContent: 'center' } as const;
  return <div style={{ ...style, color: theme.colors.text.secondary }}>{text}</div>;
}

function boxOf({ title, gridPos }: PreparedPanel['panel']): Box {
  if (gridPos === undefined) throw new Error(`${title ?? 'a panel'} has no place`);
  return gridPos;
}

function place({ x, y, w, h }: Box, width: number) {
  const column = (width - 2 * GRID.edge + GRID.gap) / GRID.columns;
  return {
    position: 'absolute',
    left: Math.round(GRID.edge + x * column),
    top: HEADER_PX + y * (GRID.row + GRID.gap),
    width: Math.round(w * column - GRID.gap),
    height: h * (GRID.row + GRID.gap) - GRID.gap,
  } as const;
}

function rangeOf({ fromMs, toMs }: Scene): TimeRange {
  const [from, to] = [dateTime(fromMs), dateTime(toMs)];
  return { from, to, raw: { from, to } };
}
