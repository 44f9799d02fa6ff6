import { expect } from 'chai';
import { appCounts } from '../../src/app-counts.js';

describe('metrics of callbacks', () => {
  it('count every outcome of every kind from 0 on, so that the first shows as an increase', async () => {
    const metrics = appCounts({ hasProcessMetrics: false });
    metrics.callbackHandled('hook', 'expired');
    const printed = (await metrics.render('text')).toString();
    const series = printed.split('\n').filter((line) => line.startsWith('ballast_callbacks_total{'));
    expect(series).to.have.length(4 * 9 - 3);
    expect(series.filter((line) => !line.endsWith(' 0'))).to.deep.equal([
      'ballast_callbacks_total{kind="hook",outcome="expired"} 1',
    ]);
    expect(printed).to.contain('ballast_callbacks_total{kind="end",outcome="superseded"} 0');
  });
});
