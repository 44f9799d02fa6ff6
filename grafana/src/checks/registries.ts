import { createRequire } from 'node:module';
import type * as GrafanaData from '@grafana/data';

/** The names that Grafana itself knows. */
export interface Registries {
  readonly units: ReadonlySet<string>;
  readonly reducers: ReadonlySet<string>;
  readonly colourModes: ReadonlySet<string>;
  readonly transformations: ReadonlySet<string>;
  readonly matchers: ReadonlySet<string>;
}

/** Loads @grafana/data, which is made for browsers: by `require`, with a language to format dates by. */
export function loadGrafanaData(): typeof GrafanaData {
  if (!('navigator' in globalThis)) {
    Object.defineProperty(globalThis, 'navigator', { value: { language: 'en', languages: ['en'] } });
  }
  return createRequire(import.meta.url)('@grafana/data') as typeof GrafanaData;
}

/** Reads the names from @grafana/data. */
export function readRegistries(): Registries {
  const data = loadGrafanaData();
  return {
    units: new Set(data.getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value))),
    reducers: new Set(data.fieldReducers.list().map(({ id }) => id)),
    colourModes: new Set(data.fieldColorModeRegistry.list().map(({ id }) => id)),
    transformations: new Set(Object.values(data.DataTransformerID)),
    matchers: new Set(data.fieldMatchers.list().map(({ id }) => id)),
  };
}
