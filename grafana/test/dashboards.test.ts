import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { dashboards, fileText } from '../src/dashboards.js';
import { dashboardFaults } from '../src/checks/lint-dashboard.js';
import type { Json } from '../src/checks/json.js';
import { readRegistries } from '../src/checks/registries.js';

const folder = fileURLToPath(new URL('../dashboards/', import.meta.url));

describe('the dashboards', () => {
  const made = dashboards();
  const uids = new Set(made.map(({ uid }) => uid ?? ''));

  it('are the five of the contract', () => {
    expect([...uids]).to.have.members([
      'ballast-pool',
      'ballast-server',
      'ballast-placement',
      'ballast-api',
      'ballast-self',
    ]);
  });

  it('stand in dashboards/ as src/ makes them (else: npm run generate)', () => {
    const found = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`, 'utf8')]),
    );
    const wanted = Object.fromEntries(made.map((one) => [`${one.uid ?? ''}.json`, fileText(one)]));
    expect(Object.keys(found)).to.have.members(Object.keys(wanted));
    for (const [name, text] of Object.entries(wanted)) expect(found[name] === text, name).to.equal(true);
  });

  it('come out the same each time', () => {
    expect(dashboards().map(fileText)).to.deep.equal(made.map(fileText));
  });

  for (const one of made) {
    it(`${one.uid ?? ''} has nothing that Grafana would not know, or a reader misses`, () => {
      const file = JSON.parse(fileText(one)) as Json;
      expect(dashboardFaults(file, { registries: readRegistries(), uids })).to.deep.equal([]);
    });
  }
});
