import { createRequire } from 'node:module';
import { parser } from '@prometheus-io/lezer-promql';

const require = createRequire(import.meta.url);
const PARSE_MS = 5_000;

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

interface EditorState {
  update(change: object): { readonly state: EditorState };
}

/** By `require`: its ESM build names files without their endings, which Node does not load. */
function typeChecker(query: string): TypeChecker {
  const { EditorState } = require('@codemirror/state') as {
    EditorState: { create(config: { doc: string; extensions: unknown }): EditorState };
  };
  const { ensureSyntaxTree } = require('@codemirror/language') as {
    ensureSyntaxTree: (state: EditorState, upto: number, timeoutMs: number) => unknown;
  };
  const { promQLLanguage, LanguageType } = require('@prometheus-io/codemirror-promql') as {
    promQLLanguage: (type: unknown) => unknown;
    LanguageType: { PromQL: unknown };
  };
  const { Parser } = require('@prometheus-io/codemirror-promql/dist/cjs/parser/parser') as {
    Parser: new (state: EditorState) => TypeChecker;
  };
  const state = EditorState.create({ doc: query, extensions: promQLLanguage(LanguageType.PromQL) });
  // An editor reads the first 3,000 characters, for 20 ms, and goes on later; the checker wants the whole tree.
  if (ensureSyntaxTree(state, query.length, PARSE_MS) === null) throw new Error(`too long to read: ${query}`);
  return new Parser(state.update({}).state);
}

/** Grafana puts durations in the place of some, words in the place of others. */
function withoutVariables(expr: string): string {
  return expr
    .replace(/\$(__interval|__rate_interval|__range|interval)\b/g, '5m')
    .replace(/\$\{?\w+(:\w+)?\}?/g, 'x');
}
