import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Json, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { panelsOf } from './lint-layout.js';

/** The modules of @grafana/schema that say what a kind of panel stores. */
const PANEL_TYPES: Readonly<Record<string, string>> = {
  timeseries: 'TimeSeries',
  stat: 'Stat',
  table: 'Table',
  heatmap: 'Heatmap',
  statetimeline: 'StateTimeline',
};
/** Kinds whose fields have settings of their own. */
const WITH_FIELD_CONFIG = new Set(['timeseries', 'table', 'heatmap', 'statetimeline']);

/** Enumerations stand in JSON as their values; everything may be left out, nothing unknown may be there. */
const JSON_TYPE = [
  'type Json<T> = T extends string ? `${T}`',
  '  : T extends number | boolean | null | undefined ? T',
  '  : T extends readonly (infer U)[] ? Json<U>[]',
  '  : T extends object ? { [K in keyof T]?: Json<T[K]> } : T;',
].join('\n');

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};

/**
 * Makes the check: what the compiler says against a dashboard, taken for the types of @grafana/schema, the whole for
 * `Dashboard`, the options and field settings of each panel for those of its kind. Files are read once.
 */
export function createSchemaCheck(): (dashboard: Json) => string[] {
  const file = fileURLToPath(new URL('schema-types.virtual.ts', import.meta.url));
  const host = ts.createCompilerHost(OPTIONS);
  const read = host.getSourceFile.bind(host);
  const files = new Map<string, ts.SourceFile | undefined>();
  host.getSourceFile = (name, ...rest) => {
    if (!files.has(name)) files.set(name, read(name, ...rest));
    return files.get(name);
  };
  return (dashboard) => {
    files.set(file, ts.createSourceFile(file, programText(dashboard), ts.ScriptTarget.ES2022));
    const program = ts.createProgram([file], OPTIONS, host);
    return program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  };
}

function programText(dashboard: Json): string {
  const panels = panelsOf(dashboard).filter(({ type }) => type !== 'row');
  const kinds = new Set(panels.map(({ type }) => textOf(type)));
  const imports = [...kinds].map((kind) => {
    const folder = kind === 'state-timeline' ? 'statetimeline' : kind;
    return `import type * as ${folder} from '@grafana/schema/dist/esm/raw/composable/${folder}/panelcfg/x/${PANEL_TYPES[folder] ?? kind}PanelCfg_types.gen';`;
  });
  return [
    "import type { Dashboard } from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';",
    ...imports,
    JSON_TYPE,
    `export const whole: Json<Dashboard> = ${JSON.stringify(dashboard, withoutPromqlAnnotation)};`,
    ...panels.map(panelText),
  ].join('\n');
}

/** What Grafana's Prometheus plugin keeps in an annotation is not in the schema of all annotations. */
function withoutPromqlAnnotation(_key: string, value: Json): Json {
  const { iconColor, enable } = objectOf(value);
  if (iconColor === undefined || enable === undefined) return value;
  const own = ['expr', 'step', 'titleFormat', 'textFormat', 'tagKeys'];
  return Object.fromEntries(Object.entries(objectOf(value)).filter(([name]) => !own.includes(name)));
}

function panelText(panel: JsonObject, index: number): string {
  const kind = textOf(panel.type).replace('-', '');
  const { defaults, overrides } = objectOf(panel.fieldConfig);
  const custom = [
    objectOf(objectOf(defaults).custom),
    ...listOf(overrides).map((rule) => customOf(listOf(objectOf(rule).properties))),
  ];
  return [
    `export const options${index}: Json<${kind}.Options> = ${JSON.stringify(panel.options ?? {})};`,
    ...(WITH_FIELD_CONFIG.has(kind)
      ? [`export const fields${index}: Json<${kind}.FieldConfig>[] = ${JSON.stringify(custom)};`]
      : []),
  ].join('\n');
}

/** What overrides set of a panel's own settings: `custom.width` is `width`. */
function customOf(properties: readonly Json[]): JsonObject {
  return Object.fromEntries(
    properties
      .map(objectOf)
      .filter(({ id }) => textOf(id).startsWith('custom.'))
      .map(({ id, value }) => [textOf(id).slice('custom.'.length), value]),
  );
}
