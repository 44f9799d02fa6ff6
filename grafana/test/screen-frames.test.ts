import { expect } from 'chai';
import type { PrometheusSeries } from '../../test/engines/rig/grafana-ask.js';
import { fluxFrames } from '../screens/src/flux-frames.js';
import { bucketFrame, seriesFrames, tableFrame } from '../screens/src/prometheus-frames.js';

const READING = { refId: 'A', expr: 'sum(up)', stepMs: 15_000 };

describe("frames of Prometheus' answers", () => {
  it('are one a series, named by the legend, with the step that makes a gap a gap', () => {
    const series = [
      { metric: { server: 'bbb1' }, values: [[60, '0.5'] as const, [75, 'NaN'] as const] },
      { metric: { server: 'bbb2' }, values: [[60, '+Inf'] as const] },
    ];
    const frames = seriesFrames(series, { ...READING, legendFormat: '{{server}}: {{ cause }}' });
    expect(frames.map(({ fields }) => fields.map(({ values }) => values))).to.deep.equal([
      [
        [60_000, 75_000],
        [0.5, null],
      ],
      [[60_000], [null]],
    ]);
    expect(frames[0]?.fields[0]?.config).to.deep.equal({ interval: 15_000 });
    expect(frames[0]?.fields[1]?.config).to.deep.equal({ displayNameFromDS: 'bbb1: ' });
    expect(frames[0]?.fields[1]?.labels).to.deep.equal({ server: 'bbb1' });
  });

  it('take the query as name of a series without labels, unless the legend says another', () => {
    const series = [{ metric: {}, value: [60, '3'] as const }];
    const named = (legendFormat: string): unknown =>
      seriesFrames(series, { refId: 'A', expr: 'sum(up)', legendFormat })[0]?.fields[1]?.config;
    expect(named('__auto')).to.deep.equal({ displayNameFromDS: 'sum(up)' });
    expect(named('servers')).to.deep.equal({ displayNameFromDS: 'servers' });
  });

  it('are a table with a column a label; a label that a series lacks is null, the value has the letter of its query', () => {
    const series: PrometheusSeries[] = [
      { metric: { server: 'bbb1', reason: 'not-online' }, value: [60, '1'] as const },
      { metric: { server: 'bbb2' }, value: [60, '0'] as const },
    ];
    const { fields } = tableFrame(series, 'B', false);
    expect(fields.map(({ name, values }) => [name, values])).to.deep.equal([
      ['Time', [60_000, 60_000]],
      ['reason', ['not-online', null]],
      ['server', ['bbb1', 'bbb2']],
      ['Value #B', [1, 0]],
    ]);
    expect(tableFrame([], 'A', true).fields.map(({ name }) => name)).to.deep.equal(['Time', 'Value']);
  });

  it('are buckets in order, each without what the lower ones hold', () => {
    const series = [
      { metric: { le: '+Inf' }, values: [[60, '9'] as const, [75, '9'] as const] },
      { metric: { le: '0.5' }, values: [[60, '4'] as const, [75, '5'] as const] },
      { metric: { le: '0.1' }, values: [[60, '1'] as const] },
    ];
    const { fields } = bucketFrame(series, { ...READING, legendFormat: '{{le}}' });
    expect(fields.slice(1).map(({ name, values }) => [name, values])).to.deep.equal([
      ['0.1', [1, null]],
      ['0.5', [3, 5]],
      ['+Inf', [5, 4]],
    ]);
  });
});

describe("frames of InfluxDB's answers", () => {
  const csv = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

  it('have a column a field, the texts of the group key as labels, and null where nothing was measured', () => {
    const text = csv(
      '#datatype,string,long,dateTime:RFC3339,double,string',
      '#group,false,false,false,false,true',
      '#default,_result,,,,',
      ',result,table,_time,measured,server',
      ',,0,2026-03-02T08:05:00Z,0.25,"bbb1, ""old"""',
      ',,0,2026-03-02T08:05:10Z,,"bbb1, ""old"""',
    );
    const labels = { server: 'bbb1, "old"' };
    const at = Date.UTC(2026, 2, 2, 8, 5);
    expect(fluxFrames(text, 'A')).to.deep.equal([
      {
        refId: 'A',
        fields: [
          { name: '_time', type: 'time', values: [at, at + 10_000] },
          { name: 'measured', type: 'number', labels, values: [0.25, null] },
        ],
      },
    ]);
  });

  it('are one a table of the answer, and none of an empty one', () => {
    const text = csv(
      '#datatype,string,long,dateTime:RFC3339,double',
      '#group,false,false,false,false',
      '#default,_result,,,',
      ',result,table,_time,sent',
      ',,0,2026-03-02T08:05:00Z,1',
      ',,1,2026-03-02T08:05:00Z,2',
    );
    expect(fluxFrames(text, 'A').map(({ fields }) => fields[1]?.values)).to.deep.equal([[1], [2]]);
    expect(fluxFrames('\r\n', 'A')).to.deep.equal([]);
  });

  it('are none where Flux failed: its words are thrown', () => {
    const text = csv(
      '#datatype,string,string',
      '#group,true,true',
      '#default,,',
      ',error,reference',
      ',no bucket,',
    );
    expect(() => fluxFrames(text, 'A')).to.throw('no bucket');
  });
});
