import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { OWN_FAILURES } from '../src/promql.js';

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
});
