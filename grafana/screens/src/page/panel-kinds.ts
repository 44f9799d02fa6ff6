import type { PanelKind } from './panel-kind.js';
import { heatmapPanel } from './panels/heatmap-panel.js';
import { stateTimelinePanel } from './panels/state-timeline-panel.js';
import { statPanel } from './panels/stat-panel.js';
import { tablePanel } from './panels/table-panel.js';
import { timeSeriesPanel } from './panels/time-series-panel.js';

const KINDS: Readonly<Record<string, PanelKind>> = {
  heatmap: heatmapPanel,
  'state-timeline': stateTimelinePanel,
  stat: statPanel,
  table: tablePanel,
  timeseries: timeSeriesPanel,
};

/** How panels of this type are drawn. Throws for a type nobody has taught it: a blank would be a lie. */
export function panelKind(type: string): PanelKind {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`panels of type ${type} cannot be drawn`);
  return kind;
}
