import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { appCounts } from '../../src/app-counts.js';
import { metricsDocument } from '../../src/ops/metrics-document.js';

const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

describe('docs/metrics.md', () => {
  it('is what npm run metrics writes', () => {
    expect(page).to.equal(metricsDocument(appCounts().describe()));
  });

  it('names every metric that is printed, with its type, and no other', async () => {
    const printed = (await appCounts().render('text')).toString().matchAll(/^# TYPE (\S+) (\S+)$/gm);
    const rows = page.matchAll(/^\| `([a-z]\w+)` \| (\w+) \|/gm);
    const pair = ([, name, type]: RegExpMatchArray): string => `${name ?? ''} ${type ?? ''}`;
    expect(Array.from(rows, pair)).to.have.members(Array.from(printed, pair));
  });

  it('names the counters with labels that are there from 0 on', async () => {
    const metrics = appCounts({ hasProcessMetrics: false });
    metrics.jobExpected('poll', 10, true);
    metrics.healthChanged('bbb1', 'online');
    const zeros = (await metrics.render('text')).toString().matchAll(/^(\w+_total)\{.*\} 0$/gm);
    const rule = /From 0 on, [^]*?(?=\n- )/.exec(page)?.[0] ?? '';
    const named = Array.from(rule.matchAll(/`(\w+)`/g), ([, name]) => name);
    expect(named).to.have.members([...new Set(Array.from(zeros, ([, name]) => name))]);
  });

  it('gives each metric a sentence, and a unit where its name has one', () => {
    for (const { name, help } of appCounts({ hasProcessMetrics: false }).describe()) {
      expect(help, name).to.match(/^[A-Z].*\.$/s);
    }
    expect(page).to.contain('| `ballast_server_cpu_ratio` | gauge | `server` | ratio |');
    expect(page).to.contain('| `ballast_poll_duration_seconds` | histogram | – | seconds |');
    expect(page).to.contain('| `ballast_tenant_attendees_limit` | gauge | `tenant` | attendees |');
  });
});
