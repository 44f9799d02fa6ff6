import {
  applyFieldOverrides,
  createDataFrame,
  createTheme,
  type DataFrame,
  type DataTransformerConfig,
  type FieldConfigSource,
  FieldType,
  type InterpolateFunction,
  standardTransformers,
  standardTransformersRegistry,
  type TransformerRegistryItem,
  transformDataFrame,
} from '@grafana/data';
import type { Panel } from '@grafana/schema';
import { firstValueFrom } from 'rxjs';
import type { PanelAnswer, WireField, WireFrame } from '../wire.js';
import { fieldOptions } from './field-options.js';
import { panelKind } from './panel-kinds.js';
import { TIME_ZONE } from './panel-kind.js';

/** The dark theme, which Grafana has by default. */
export const theme = createTheme({ colors: { mode: 'dark' } });

/** What is drawn of one panel. */
export interface PreparedPanel {
  readonly panel: Panel;
  readonly frames: DataFrame[];
  readonly fieldConfig: FieldConfigSource;
  readonly error?: string;
}

/** Tells @grafana/data of its own transformations; once, before any panel. */
export function registerTransformations(): void {
  standardTransformersRegistry.setInit(() =>
    // One of them is listed under two names. Deprecated: Grafana has another registry, which no package holds.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    [...new Set(Object.values(standardTransformers))].map(
      (transformation) =>
        ({
          id: transformation.id,
          name: transformation.name,
          transformation: () => Promise.resolve(transformation),
        }) as unknown as TransformerRegistryItem,
    ),
  );
}

/** Answers as frames, through the panel's transformations and field options. Throws on what nobody knows. */
export async function preparePanel(
  panel: Panel,
  answer: PanelAnswer,
  replaceVariables: InterpolateFunction,
): Promise<PreparedPanel> {
  const kind = panelKind(panel.type);
  const registry = fieldOptions(kind.custom);
  const source = panel.fieldConfig as FieldConfigSource | undefined;
  const custom = {
    ...kind.customDefaults,
    ...(source?.defaults.custom as Readonly<Record<string, unknown>>),
  };
  const fieldConfig: FieldConfigSource = {
    defaults: { ...source?.defaults, custom },
    overrides: source?.overrides ?? [],
  };
  const used = [
    ...Object.keys(source?.defaults ?? {}).filter((id) => id !== 'custom'),
    ...Object.keys(custom).map((name) => `custom.${name}`),
    ...fieldConfig.overrides.flatMap(({ properties }) => properties.map(({ id }) => id)),
  ];
  const stranger = used.find((id) => registry.getIfExists(id) === undefined);
  if (stranger !== undefined)
    throw new Error(`${panel.title ?? panel.type}: nobody knows the field option ${stranger}`);
  const unheard = panel.transformations?.find(
    ({ id }) => standardTransformersRegistry.getIfExists(id) === undefined,
  );
  if (unheard !== undefined)
    throw new Error(`${panel.title ?? panel.type}: nobody knows the transformation ${unheard.id}`);
  const transformations = (panel.transformations ?? []).map(
    ({ id, options }): DataTransformerConfig<unknown> => ({ id, options }),
  );
  const transformed = await firstValueFrom(transformDataFrame(transformations, answer.frames.map(frameOf)));
  const frames = applyFieldOverrides({
    data: transformed,
    fieldConfig,
    fieldConfigRegistry: registry,
    replaceVariables,
    theme,
    timeZone: TIME_ZONE,
  });
  return { panel, frames, fieldConfig, error: answer.error };
}

function frameOf({ refId, fields }: WireFrame): DataFrame {
  return createDataFrame({ refId, fields: fields.map(fieldOf) });
}

function fieldOf({ name, type, labels, values, config }: WireField) {
  return {
    name,
    type: FieldType[type],
    labels: labels && { ...labels },
    values: [...values],
    config: { ...config },
  };
}
