import type { DayResult } from '../day-result.js';
import { type CpuChartText, cpuChartSpec } from './cpu-chart-spec.js';

/** An SVG of each server's CPU over a day, a panel a rule in the order given, drawn by Vega without a browser. */
export async function drawCpuChart(results: readonly DayResult[], text: CpuChartText): Promise<string> {
  const { parse, View } = await import('vega');
  const view = new View(parse(cpuChartSpec(results, text)), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
