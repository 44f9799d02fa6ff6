import type { ExpositionFormat } from './exposition.js';

const OPENMETRICS = 'application/openmetrics-text';

/** OpenMetrics 1.0 where the `Accept` header names it and likes nothing we have better; the text format otherwise. */
export function expositionFormat(accept: string | undefined): ExpositionFormat {
  let [open, text] = [0, 0];
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const named = new Map(parameters.map((parameter) => pairOf(parameter)));
    const quality = qualityOf(named.get('q'));
    // Without a version it is any; 0.0.1 is another format.
    if (type === OPENMETRICS && (named.get('version') ?? '1.0.0') === '1.0.0') open = Math.max(open, quality);
    if (type === 'text/plain') text = Math.max(text, quality);
  }
  return open > 0 && open >= text ? 'openmetrics' : 'text';
}

function pairOf(parameter: string): readonly [string, string] {
  const [name = '', value = ''] = parameter.split('=', 2);
  return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
}

function qualityOf(q: string | undefined): number {
  const quality = q === undefined ? 1 : Number(q);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
