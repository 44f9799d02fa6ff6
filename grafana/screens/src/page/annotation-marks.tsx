import type { UPlotConfigBuilder } from '@grafana/ui';
import { useLayoutEffect } from 'react';
import type uPlot from 'uplot';
import type { WireAnnotation } from '../wire.js';

interface AnnotationMarksProps {
  readonly config: UPlotConfigBuilder;
  readonly annotations: readonly WireAnnotation[];
}

const TRIANGLE_PX = 5;

/** Draws annotations as Grafana does: a dashed line and a triangle below the axis each, a tint where it is a region. */
export function AnnotationMarks({ config, annotations }: AnnotationMarksProps): null {
  // Before the plot is made: effects of children run first.
  useLayoutEffect(() => {
    config.addHook('draw', (plot) => {
      plot.ctx.save();
      for (const annotation of annotations) drawMark(plot, annotation);
      plot.ctx.restore();
    });
  }, [config, annotations]);
  return null;
}

function drawMark(plot: uPlot, { color, timeMs, endMs }: WireAnnotation): void {
  const { ctx, bbox } = plot;
  const from = Math.max(plot.valToPos(timeMs, 'x', true), bbox.left);
  const to = Math.min(plot.valToPos(endMs, 'x', true), bbox.left + bbox.width);
  if (to < bbox.left || from > bbox.left + bbox.width) return;
  const bottom = bbox.top + bbox.height;
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 2;
  ctx.setLineDash([5, 5]);
  for (const x of to > from ? [from, to] : [from]) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
  }
  if (to > from) {
    ctx.globalAlpha = 0.1;
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(from, bottom, to - from, TRIANGLE_PX);
    return;
  }
  ctx.beginPath();
  ctx.moveTo(from, bottom);
  ctx.lineTo(from - TRIANGLE_PX, bottom + TRIANGLE_PX);
  ctx.lineTo(from + TRIANGLE_PX, bottom + TRIANGLE_PX);
  ctx.fill();
}
