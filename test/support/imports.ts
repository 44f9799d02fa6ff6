import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** Source texts by path from the root of the repository, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

/** One import, export-from, import type or dynamic import. */
export interface ImportEdge {
  readonly from: string;
  /** As written: `./checksum.js`, `undici`, `node:fs`; `undefined` for a dynamic import of a computed name. */
  readonly specifier: string | undefined;
  /** Path of the file in the repository, for relative imports. */
  readonly file: string | undefined;
  readonly isTypeOnly: boolean;
  readonly line: number;
}

/** Reads all TypeScript files below the given folders of `root`. */
export function readSources(root: string, folders: readonly string[]): Sources {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const path = posix.join(folder, entry.replaceAll('\\', '/'));
      if (path.endsWith('.ts')) sources.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return sources;
}

/** All imports of one file, static, type and dynamic. */
export function readImports(from: string, text: string): ImportEdge[] {
  const source = ts.createSourceFile(from, text, ts.ScriptTarget.ES2022, true);
  const edges: ImportEdge[] = [];
  const add = (node: ts.Node, name: ts.Node | undefined, isTypeOnly: boolean): void => {
    const specifier = name !== undefined && ts.isStringLiteralLike(name) ? name.text : undefined;
    const file = specifier?.startsWith('.') === true ? resolve(from, specifier) : undefined;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    edges.push({ from, specifier, file, isTypeOnly, line });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeImport(node));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node, node.moduleSpecifier, isTypeExport(node));
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edges;
}

function isTypeImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every((e) => e.isTypeOnly);
}

function isTypeExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  return !!clause && ts.isNamedExports(clause) && clause.elements.every((e) => e.isTypeOnly);
}

function isLoad(expression: ts.Expression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === 'require';
}

function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
