import { expect } from 'chai';
import fc from 'fast-check';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { applyParameterRules } from '../../src/tenants/apply-parameter-rules.js';
import type { ParameterRules } from '../../src/tenants/tenant.js';

const NONE: ParameterRules = { default: {}, force: {}, max: {}, drop: [] };

function applied(query: string, rules: Partial<ParameterRules>): string {
  return applyParameterRules(RawQuery.parse(query), { ...NONE, ...rules }).toString();
}

describe('applyParameterRules', () => {
  const cases: readonly [string, string, Partial<ParameterRules>, string][] = [
    ['adds a default that is missing', 'a=1', { default: { record: 'true' } }, 'a=1&record=true'],
    [
      'leaves a given value before a default',
      'record=false',
      { default: { record: 'true' } },
      'record=false',
    ],
    ['leaves an empty value before a default', 'record=', { default: { record: 'true' } }, 'record='],
    ['forces a value in its place', 'record=true&a=1', { force: { record: 'false' } }, 'record=false&a=1'],
    ['forces every repeat', 'r=1&a&r=2', { force: { r: 'x y' } }, 'r=x%20y&a&r=x%20y'],
    ['forces what is missing', 'a=1', { force: { r: 'x' } }, 'a=1&r=x'],
    ['drops every repeat', 'r=1&a=2&r=3&%72=4', { drop: ['r'] }, 'a=2'],
    ['drops metadata in any case', 'meta_aB=1&meta_ab=2&META_ab=3', { drop: ['meta_Ab'] }, 'META_ab=3'],
    [
      'forces metadata in any case',
      'meta_AB=1&meta_ab=2&x=3',
      { force: { meta_ab: '9' } },
      'meta_AB=9&meta_ab=9&x=3',
    ],
    [
      'sees metadata given in another case',
      'meta_AB=1',
      { default: { meta_ab: '9' }, max: { meta_ab: 4 } },
      'meta_AB=1',
    ],
    ['keeps other names apart by case', 'Record=1', { force: { record: '2' } }, 'Record=1&record=2'],
    ['drops before it forces', 'r=1&a=2', { drop: ['r'], force: { r: '9' } }, 'a=2&r=9'],
    ['lowers what is above a maximum', 'duration=500', { max: { duration: 60 } }, 'duration=60'],
    ['leaves what is at a maximum', 'duration=60', { max: { duration: 60 } }, 'duration=60'],
    ['gives the maximum where nothing was given', '', { max: { duration: 60 } }, 'duration=60'],
    ["takes BBB's 0 for unlimited", 'duration=0', { max: { duration: 60 } }, 'duration=60'],
    ['replaces what is no number', 'duration=1e9', { max: { duration: 60 } }, 'duration=60'],
    ['replaces a negative number', 'duration=-5', { max: { duration: 60 } }, 'duration=60'],
    ['bounds every repeat', 'duration=5&duration=500', { max: { duration: 60 } }, 'duration=5&duration=5'],
    ['bounds a default as well', '', { default: { duration: '90' }, max: { duration: 60 } }, 'duration=60'],
  ];
  for (const [title, query, rules, expected] of cases) {
    it(title, () => {
      expect(applied(query, rules)).to.equal(expected);
    });
  }

  it('gives back the same query without rules', () => {
    const query = RawQuery.parse('a=1&&b=%2f');
    expect(applyParameterRules(query, undefined)).to.equal(query);
    expect(applyParameterRules(query, NONE).toString()).to.equal('a=1&&b=%2f');
  });

  it('finds names that a server reads as the ruled one', () => {
    for (const name of ['%00record', 'record%0d', '+record', 'rec%1ford', '%72ecord+']) {
      expect(applied(`${name}=true`, { drop: ['record'] }), name).to.equal('');
    }
  });

  it('leaves no value above a maximum, however it is written', () => {
    const part = fc.tuple(
      fc.constantFrom('d', '%64', 'd%00', '+d', 'e'),
      fc.oneof(fc.integer().map(String), fc.string()),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const query = parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
        const result = RawQuery.parse(applied(query, { max: { d: 10 } }));
        for (const value of result.getAll('d')) expect(Number(value)).to.be.within(1, 10);
        expect(result.has('d')).to.equal(true);
      }),
    );
  });
});
