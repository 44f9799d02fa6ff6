import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { dashboards } from '../src/dashboards.js';
import { OWN_FAILURES } from '../src/promql.js';
import { ofCluster } from '../src/query.js';

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly expr: string }[];
  }[];
}

function recorded(name: string): string {
  const path = fileURLToPath(new URL('../../prometheus/recording.rules.yml', import.meta.url));
  const { groups } = parse(readFileSync(path, 'utf8')) as RuleFile;
  return groups.flatMap(({ rules }) => rules).find(({ record }) => record === name)?.expr ?? '';
}

describe('the queries of the dashboards', () => {
  it('leave out the same failed creates as the rules of the alerts', () => {
    const selectors = [
      ...recorded('ballast:creates_failed:increase10m').matchAll(
        /ballast_placement_failures_total\{([^}]+)\}/g,
      ),
    ].map(([, selector]) => selector);
    expect(new Set(selectors)).to.deep.equal(new Set([OWN_FAILURES]));
  });

  it('are about one pool at a time, as two may have servers of the same name', () => {
    for (const { uid, templating } of dashboards()) {
      const found = templating.list?.find(({ name }) => name === 'cluster');
      expect(found, uid).to.include({ includeAll: false, multi: false }).and.not.to.have.property('allValue');
    }
    expect(ofCluster('a(ballast_x) / ballast_y_total{z="1"}')).to.equal(
      'a(ballast_x{cluster=~"$cluster"}) / ballast_y_total{cluster=~"$cluster",z="1"}',
    );
  });

  it('show an alert of no pool in each, as it is there when nothing is scraped', () => {
    const pool = dashboards().find(({ uid }) => uid === 'ballast-pool');
    expect(JSON.stringify(pool)).to.include('ALERTS{cluster=~\\"$cluster|\\",alertname');
  });
});
