import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { appCounts } from '../../src/app-counts.js';
import { readRules, readRuleTests, type Rule, selectorsIn } from './rule-files.js';

const RUNBOOKS = 'https://ballast.example.org/docs/runbooks.md#';

/** Labels that a scrape adds; what Ballast itself calls `job` arrives as `exported_job`. */
const SCRAPE_LABELS = ['job', 'instance', 'cluster'];

const rules = readRules();
const alerts = rules.filter(({ alert }) => alert !== undefined);
const records = new Map(rules.flatMap((rule) => (rule.record === undefined ? [] : [[rule.record, rule]])));
const checks = readRuleTests().flatMap(({ tests }) => tests.flatMap((test) => test.alert_rule_test));

/** By the name of a series as it is stored: the labels it may have. */
const series = new Map(
  appCounts()
    .describe()
    .flatMap(({ name, type, labels }): (readonly [string, readonly string[]])[] => {
      const stored = [...labels.map((label) => (label === 'job' ? 'exported_job' : label)), ...SCRAPE_LABELS];
      if (type !== 'histogram') return [[name, stored]];
      return [
        [`${name}_bucket`, [...stored, 'le']],
        [`${name}_sum`, stored],
        [`${name}_count`, stored],
      ];
    }),
);
series.set('up', SCRAPE_LABELS);
// Of the operating system: prom-client leaves it out elsewhere.
series.set('process_start_time_seconds', SCRAPE_LABELS);

function nameOf({ alert, record, labels }: Rule): string {
  return record ?? `${alert ?? ''} (${labels.severity ?? 'no severity'})`;
}

/** The texts of a rule in which series are named: its expression and the queries of its annotations. */
function textsOf({ expr, annotations }: Rule): readonly string[] {
  return [expr, ...Object.values(annotations)];
}

describe('the rules for Prometheus', () => {
  it('are all here', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).to.be.at.least(24);
    expect(alerts.every(({ alert }) => alert?.startsWith('Ballast') === true)).to.equal(true);
    expect([...records.keys()].every((name) => name.startsWith('ballast:'))).to.equal(true);
  });

  for (const rule of rules) {
    it(`${nameOf(rule)} asks only for series and labels that exist`, () => {
      const selectors = textsOf(rule).flatMap(selectorsIn);
      expect(selectors).to.not.deep.equal([]);
      for (const { name, labels } of selectors) {
        if (records.has(name)) continue;
        expect(series.has(name), `${name} exists`).to.equal(true);
        expect(series.get(name), name).to.include.members([...labels]);
      }
    });
  }

  it('have no recording rule that none of them uses', () => {
    const used = new Set(
      rules.flatMap((rule) =>
        textsOf(rule)
          .flatMap(selectorsIn)
          .map(({ name }) => name),
      ),
    );
    expect([...records.keys()].filter((name) => !used.has(name))).to.deep.equal([]);
  });
});

describe('the alerts', () => {
  const runbooks = readFileSync(new URL('../../docs/runbooks.md', import.meta.url), 'utf8');
  const anchors = Array.from(runbooks.matchAll(/^##+ (\w+)$/gm), ([, heading = '']) => heading.toLowerCase());

  for (const rule of alerts) {
    const { alert = '', labels, annotations } = rule;
    const firing = checks.flatMap(({ alertname, exp_alerts: expected }) =>
      alertname === alert ? expected.filter((one) => one.exp_labels.severity === labels.severity) : [],
    );

    describe(nameOf(rule), () => {
      it('has a severity, what people read, and where they read on', () => {
        expect(labels).to.have.all.keys('severity');
        expect(labels.severity).to.be.oneOf(['critical', 'warning', 'info']);
        expect(annotations).to.have.all.keys('summary', 'description', 'runbook_url', 'dashboard');
        expect(annotations.runbook_url).to.equal(RUNBOOKS + alert.toLowerCase());
        expect(anchors).to.include(alert.toLowerCase());
        const dashboard = /^\/d\/(ballast-[a-z]+)(?:\?var-[a-z]+=\{\{ \$labels\.[a-z]+ \}\})?$/;
        const [, uid = ''] = dashboard.exec(annotations.dashboard ?? '') ?? [];
        const file = new URL(`../../grafana/dashboards/${uid}.json`, import.meta.url);
        expect(uid !== '' && existsSync(file), `dashboard ${uid}`).to.equal(true);
      });

      it('has a case in which it fires, with every figure filled in', () => {
        expect(firing).to.not.deep.equal([]);
        for (const { exp_labels: found, exp_annotations: texts } of firing) {
          for (const label of ['server', 'tenant', 'call', 'exported_job']) {
            if (found[label] !== undefined) expect(texts.summary).to.include(found[label]);
          }
          expect(Object.values(texts).join(' ')).to.not.match(/<error|no value|NaN|Inf|\{\{|%!/);
        }
      });

      it('has a case in which it is silent', () => {
        const silent = checks.filter(({ alertname, exp_alerts: expected }) => {
          return alertname === alert && expected.every((one) => one.exp_labels.severity !== labels.severity);
        });
        expect(silent).to.not.deep.equal([]);
      });
    });
  }
});

describe('the tests of the rules', () => {
  const groups = [...new Set(rules.map(({ group }) => group))];

  for (const { file, rule_files: files, group_eval_order: order, tests } of readRuleTests()) {
    it(`${file} runs all rules in the order of the files, on series as they are stored`, () => {
      expect(files).to.have.members(['../recording.rules.yml', '../alerts.yml']);
      // Without this order promtool may reckon alerts before what they are made of.
      expect(order).to.deep.equal(groups);
      for (const { series: text, values } of tests.flatMap((test) => test.input_series)) {
        const [{ name, labels } = { name: text, labels: [] }] = selectorsIn(text);
        expect(series.has(name), `${name} exists`).to.equal(true);
        if (name !== 'up') expect(labels, text).to.have.members(series.get(name) ?? []);
        // promtool takes 0x20 for a number in base 16: a series that ends with its first value.
        expect(values, text).to.not.match(/(^| )0x\d/);
      }
    });
  }

  it('ask for no alert that does not exist', () => {
    const names = alerts.map(({ alert }) => alert);
    for (const { alertname } of checks) expect(names).to.include(alertname);
  });
});
