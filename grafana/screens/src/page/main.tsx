import { type InterpolateFunction, ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import type { Scene } from '../wire.js';
import { DashboardView, type RowHeading } from './dashboard-view.js';
import { preparePanel, type PreparedPanel, registerTransformations, theme } from './prepare-panel.js';

window.drawScene = async (scene, width) => {
  await initPluginTranslations('ballast');
  registerTransformations();
  const replaceVariables = interpolation(scene);
  const rows: RowHeading[] = [];
  const panels: PreparedPanel[] = [];
  for (const panel of scene.dashboard.panels ?? []) {
    if (panel.type === 'row') {
      if (panel.gridPos === undefined) throw new Error(`row ${panel.title ?? ''} has no place`);
      rows.push({ title: panel.title ?? '', gridPos: panel.gridPos });
      continue;
    }
    if (!('id' in panel) || panel.id === undefined) throw new Error(`${panel.title ?? 'a panel'} has no id`);
    const answer = scene.answers[panel.id] ?? { frames: [] };
    panels.push(await preparePanel(panel, answer, replaceVariables));
  }
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no root');
  const onUncaughtError = (error: unknown): void => {
    window.drawingFault = String(error);
  };
  createRoot(root, { onUncaughtError }).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <DashboardView {...{ scene, rows, panels, replaceVariables, width }} />
    </ThemeContext.Provider>,
  );
};

/** Puts the dashboard's variables into titles; what links are made of stays as it is. */
function interpolation({ variables }: Scene): InterpolateFunction {
  const values = new Map(variables.map(({ name, text }) => [name, text]));
  return (text) =>
    text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced: string | undefined, bare: string | undefined) => {
      return values.get(braced ?? bare ?? '') ?? all;
    });
}
