import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { dashboards, fileText } from '../src/dashboards.js';

/** Ballast's metrics in docs/metrics.md, which is written from the registry. */
function exportedNames(): ReadonlySet<string> {
  const page = readFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8');
  return new Set([...page.matchAll(/^\| `(ballast_\w+)`/gm)].map(([, name = '']) => name));
}

describe('the metrics that dashboards name', () => {
  const exported = exportedNames();

  for (const one of dashboards()) {
    it(`are all exported: ${one.uid ?? ''}`, () => {
      const named = [...fileText(one).matchAll(/\bballast_\w+/g)].map(([name]) => name);
      const unknown = named.filter(
        (name) => !exported.has(name) && !exported.has(name.replace(/_(bucket|sum|count)$/, '')),
      );
      expect(named).not.to.be.empty;
      expect([...new Set(unknown)]).to.deep.equal([]);
    });
  }
});
