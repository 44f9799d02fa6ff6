import { createRequire } from 'node:module';
import { parser } from '@prometheus-io/lezer-promql';

const require = createRequire(import.meta.url);

/**
 * What is wrong with a PromQL query, in Prometheus' own words. Two checkers: the parser finds an unclosed bracket that the
 * type checker lets pass, the type checker finds a rate of no range that the parser lets pass.
 */
export function promqlFaults(expr: string): string[] {
  const query = withoutVariables(expr);
  const faults: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) faults.push(`PromQL cannot be read at "${query.slice(from, from + 20)}"`);
    },
  });
  return [...faults, ...typeFaults(query)];
}

/** What is used of codemirror-promql; its types are those of another build of @codemirror/state. */
interface TypeChecker {
  analyze(): void;
  getDiagnostics(): readonly { readonly message: string }[];
}

function typeFaults(query: string): string[] {
  const checker = typeChecker(query);
  checker.analyze();
  return checker.getDiagnostics().map(({ message }) => `PromQL: ${message}`);
}

/** By `require`: its ESM build names files without their endings, which Node does not load. */
function typeChecker(query: string): TypeChecker {
  const { EditorState } = require('@codemirror/state') as {
    EditorState: { create(config: { doc: string; extensions: unknown }): unknown };
  };
  const { promQLLanguage, LanguageType } = require('@prometheus-io/codemirror-promql') as {
    promQLLanguage(type: unknown): unknown;
    LanguageType: { PromQL: unknown };
  };
  const { Parser } = require('@prometheus-io/codemirror-promql/dist/cjs/parser/parser') as {
    Parser: new (state: unknown) => TypeChecker;
  };
  return new Parser(EditorState.create({ doc: query, extensions: promQLLanguage(LanguageType.PromQL) }));
}

/** Grafana puts durations in the place of some, words in the place of others. */
function withoutVariables(expr: string): string {
  return expr
    .replace(/\$(__interval|__rate_interval|__range|interval)\b/g, '5m')
    .replace(/\$\{?\w+(:\w+)?\}?/g, 'x');
}
