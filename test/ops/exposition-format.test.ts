import { expect } from 'chai';
import { expositionFormat } from '../../src/ops/exposition-format.js';

const CASES: readonly (readonly [string | undefined, string])[] = [
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/plain', 'text'],
  ['application/openmetrics-text; version=1.0.0', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version="1.0.0"; charset=utf-8', 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version=0.0.1', 'text'],
  ['application/openmetrics-text;version=1.0.0;q=0', 'text'],
  ['application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.5', 'text'],
  ['application/openmetrics-text;version=1.0.0;q=much', 'text'],
  // Prometheus 2.x
  [
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  // Prometheus 3, which may ask for text first
  [
    'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5',
    'text',
  ],
];

describe('expositionFormat', () => {
  for (const [accept, format] of CASES) {
    it(`answers ${accept ?? 'no Accept header'} with ${format}`, () => {
      expect(expositionFormat(accept)).to.equal(format);
    });
  }
});
