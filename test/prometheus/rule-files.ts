import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = new URL('../../prometheus/', import.meta.url);

const texts = z.record(z.string(), z.string());

const ruleSchema = z.strictObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  for: z.string().optional(),
  labels: texts.default({}),
  annotations: texts.default({}),
});

const ruleFileSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })),
});

const testFileSchema = z.strictObject({
  rule_files: z.array(z.string()),
  evaluation_interval: z.string(),
  group_eval_order: z.array(z.string()),
  tests: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string(),
      input_series: z.array(z.strictObject({ series: z.string(), values: z.string() })),
      alert_rule_test: z.array(
        z.strictObject({
          eval_time: z.string(),
          alertname: z.string(),
          exp_alerts: z.array(z.strictObject({ exp_labels: texts, exp_annotations: texts })),
        }),
      ),
    }),
  ),
});

/** A rule as it is written, and the group it is in. */
export type Rule = z.infer<typeof ruleSchema> & { readonly group: string };

/** A file of tests for promtool. */
export type RuleTestFile = z.infer<typeof testFileSchema> & { readonly file: string };

/** All rules of prometheus/, recording rules first. Throws on what is no rule file. */
export function readRules(): readonly Rule[] {
  return ['recording.rules.yml', 'alerts.yml'].flatMap((file) =>
    ruleFileSchema
      .parse(yaml(file))
      .groups.flatMap(({ name, rules }) => rules.map((rule) => ({ ...rule, group: name }))),
  );
}

/** All files of prometheus/tests. */
export function readRuleTests(): readonly RuleTestFile[] {
  return readdirSync(new URL('tests/', folder))
    .filter((file) => file.endsWith('.test.yml'))
    .map((file) => ({ ...testFileSchema.parse(yaml(`tests/${file}`)), file }));
}

/** A series that an expression or a text with queries asks for: its name and the labels it is chosen by. */
export interface Selector {
  readonly name: string;
  readonly labels: readonly string[];
}

/** The series of Ballast, of its process and of its scrape that are named in `text`; recording rules too. */
export function selectorsIn(text: string): readonly Selector[] {
  const found = text.matchAll(/\b(ballast[:_][\w:]+|(?:process|nodejs)_\w+|up(?=\{))(\{[^}]*\})?/g);
  return Array.from(found, ([, name = '', matchers = '']) => ({
    name,
    labels: Array.from(matchers.matchAll(/(\w+)(?:=|!=|=~|!~)["'%]/g), ([, label = '']) => label),
  }));
}

function yaml(file: string): unknown {
  return parse(readFileSync(new URL(file, folder), 'utf8'));
}
