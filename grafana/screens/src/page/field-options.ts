import {
  FieldType,
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldConfigOptionsRegistry,
  identityOverrideProcessor,
  numberOverrideProcessor,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type Field,
  type FieldConfigPropertyItem,
} from '@grafana/data';

type Processor = FieldConfigPropertyItem['process'];

/** What every kind of panel knows, with @grafana/data's own readers. */
const STANDARD: Readonly<Record<string, Processor>> = {
  displayName: displayNameOverrideProcessor,
  description: stringOverrideProcessor,
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  fieldMinMax: booleanOverrideProcessor,
  decimals: numberOverrideProcessor,
  noValue: stringOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
  filterable: booleanOverrideProcessor,
};

/** The registry of what a field of such a panel can be told: the standard options and these of its own. */
export function fieldOptions(custom: readonly string[]): FieldConfigOptionsRegistry {
  return new FieldConfigOptionsRegistry(() => [
    ...Object.entries(STANDARD).map(([id, process]) => item(id, id, process, false)),
    ...custom.map((name) => item(`custom.${name}`, name, identityOverrideProcessor, true)),
  ]);
}

function item(id: string, path: string, process: Processor, isCustom: boolean): FieldConfigPropertyItem {
  const noEditor = (): null => null;
  return {
    id,
    path,
    name: id,
    isCustom,
    process,
    editor: noEditor,
    override: noEditor,
    // Units and the like say nothing about a time; the others are for every field.
    shouldApply: (field: Field) => isCustom || field.type !== FieldType.time || !NUMBERS_ONLY.has(id),
  };
}

const NUMBERS_ONLY = new Set(['unit', 'min', 'max', 'decimals', 'thresholds', 'color']);
