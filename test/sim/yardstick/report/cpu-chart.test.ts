import { expect } from 'chai';
import { SaxesParser } from 'saxes';
import type { DayResult } from '../../../../src/sim/yardstick/day-result.js';
import { drawCpuChart } from '../../../../src/sim/yardstick/report/cpu-chart.js';
import { cpuChartSpec } from '../../../../src/sim/yardstick/report/cpu-chart-spec.js';

const HOUR = 3_600_000;

function result(rule: string, cpu: Record<string, readonly number[]>): DayResult {
  return {
    day: 'a day',
    rule,
    seed: 1,
    highestCpu: 0.9,
    serverMinutesAbove80: 1,
    serverMinutesAbove95: 0,
    attendeeMinutesAbove80: 30,
    attendeeMinutes: 1_000,
    attendeesOverloaded: 3,
    spreadAtPeak: 1.2,
    mostPlacedInAMinute: 4,
    created: 10,
    refused: 0,
    moved: 0,
    cpuEveryMs: 60_000,
    cpu: new Map(Object.entries(cpu)),
  };
}

/** The texts of an SVG, and how many path elements have which stroke. Throws where it is not well-formed. */
function readSvg(svg: string): { readonly texts: string[]; readonly strokes: Map<string, number> } {
  const texts: string[] = [];
  const strokes = new Map<string, number>();
  const parser = new SaxesParser();
  parser.on('text', (text) => {
    if (text.trim() !== '') texts.push(text);
  });
  parser.on('opentag', ({ attributes }) => {
    const stroke = String(attributes.stroke);
    strokes.set(stroke, (strokes.get(stroke) ?? 0) + 1);
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(svg).close();
  return { texts, strokes };
}

describe('drawCpuChart', () => {
  const results = [
    result('first <rule>', { bbb1: [0.1, 0.5, 0.9], bbb2: [0.2, 0.3, 0.1], bbb3: [0, 0, 0] }),
    result('second', { bbb1: [0.3, 0.3, 0.3], bbb2: [0.4, 0.4, 0.4], bbb3: [0.1, 0.1, 0.1] }),
  ];

  it('draws well-formed SVG with a panel a rule, a line a server, the mean and the line of 80 %', async () => {
    const svg = await drawCpuChart(results, { title: 'School & peak', from: 8 * HOUR });
    const { texts, strokes } = readSvg(svg);
    expect(texts).to.include.members([
      'School & peak',
      'first <rule>: 3.0 % of attendee-minutes above 80 %',
      'second: 3.0 % of attendee-minutes above 80 %',
      '08:00',
      '80%',
    ]);
    // The legend has one of each colour.
    expect(strokes.get('#56B4E9')).to.equal(2 * 3 + 1);
    expect(strokes.get('#000000')).to.equal(2 + 1);
    expect(strokes.get('#D55E00')).to.equal(2 + 1);
  });

  it('keeps the peak of a long day between its points', () => {
    const long = Array.from({ length: 1_440 }, (_, minute) => (minute === 701 ? 0.99 : 0.1));
    const [data] = cpuChartSpec([result('r', { bbb1: long })], { title: 't', from: 0 }).data ?? [];
    const points =
      data !== undefined && 'values' in data ? (data.values as { at: number; cpu: number }[]) : [];
    expect(points.length).to.be.within(100, 200);
    expect(points.filter(({ cpu }) => cpu === 0.99)).to.have.length(1);
  });

  it('draws an empty day without failing', async () => {
    expect(readSvg(await drawCpuChart([], { title: 'nothing', from: 0 })).texts).to.include('nothing');
  });
});
