import { expect } from 'chai';
import { dashboards, fileText } from '../src/dashboards.js';
import type { Json } from '../src/checks/json.js';
import { createSchemaCheck } from '../src/checks/schema-types.js';

interface Draft {
  panels: { id: number; options: Record<string, unknown>; fieldConfig: { defaults: { custom: object } } }[];
  [key: string]: unknown;
}

describe("the dashboards as values of Grafana's own types", () => {
  const schemaFaults = createSchemaCheck();

  for (const one of dashboards()) {
    it(`takes ${one.uid ?? ''} for @grafana/schema's`, () => {
      expect(schemaFaults(JSON.parse(fileText(one)) as Json)).to.deep.equal([]);
    });
  }

  const BROKEN: readonly (readonly [name: string, (draft: Draft) => void, words: RegExp])[] = [
    ['a key that a dashboard does not have', (d) => (d.panles = []), /panles.* does not exist/],
    ['a value of the wrong kind', (d) => (d.refresh = 30), /number.*not assignable.*string/],
    [
      'an option that its panel does not have',
      (d) => (d.panels[1]!.options.colourMode = 'value'),
      /colourMode.* does not exist/,
    ],
    [
      'an option of an unknown value',
      (d) => (d.panels[1]!.options.colorMode = 'colourful'),
      /"colourful"' is not assignable/,
    ],
    [
      'a field setting of an unknown value',
      (d) => (d.panels.find(({ id }) => id === 12)!.fieldConfig.defaults.custom = { drawStyle: 'dots' }),
      /"dots"' is not assignable/,
    ],
  ];
  for (const [name, breakIt, words] of BROKEN) {
    it(`refuses ${name}`, () => {
      const pool = dashboards().find(({ uid }) => uid === 'ballast-pool');
      const draft = JSON.parse(fileText(pool!)) as Draft;
      breakIt(draft);
      expect(schemaFaults(draft as unknown as Json).join('\n')).to.match(words);
    });
  }
});
