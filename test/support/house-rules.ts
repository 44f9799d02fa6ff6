import { basename, dirname } from 'node:path/posix';
import { type ImportEdge, readImports, type Sources } from './imports.js';

const ABOVE_API = 'config bbb placement pool metrics meetings tenants recordings callbacks store'.split(' ');

/** The table of rooms: what each may import, itself, `src/log.ts` and `src/policy-names.ts` apart. Imports point down, never in a circle. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | 'all'>> = {
  log: [],
  'policy-names': [],
  config: [],
  bbb: [],
  placement: [],
  pool: ['bbb', 'placement'],
  metrics: [],
  meetings: ['bbb', 'placement', 'pool'],
  tenants: ['bbb'],
  recordings: ['bbb', 'tenants'],
  callbacks: ['bbb', 'tenants'],
  store: ['placement', 'pool', 'meetings', 'tenants', 'recordings', 'callbacks', 'metrics', 'admin'],
  api: ABOVE_API,
  admin: ABOVE_API,
  ops: [],
  doctor: ['config', 'bbb', 'pool', 'metrics', 'store'],
  sim: ['bbb', 'placement'],
  'sim/demo': ['sim', 'app', 'config', 'admin'],
  version: [],
  app: 'all',
  cli: ['app', 'config', 'admin', 'doctor', 'sim', 'sim/demo', 'tenants', 'version'],
  main: ['cli', 'app', 'config', 'admin', 'sim', 'sim/demo'],
};

/** The store takes types only from the rooms it serves, pool/ takes only types from placement/. */
const TYPES_ONLY: Readonly<Record<string, readonly string[] | 'all'>> = { store: 'all', pool: ['placement'] };

const BANNED_NAMES = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'lib', 'misc']);
const MAX_LINES = 400;

/** Everything in `sources` (src/, test/, bench/) that breaks the rules of the house, one sentence each. */
export function houseFaults(sources: Sources): string[] {
  const edges = [...sources].flatMap(([path, text]) => (isSource(path) ? readImports(path, text) : []));
  return [
    ...[...sources].flatMap(([path, text]) => shapeFaults(path, text)),
    ...edges.flatMap((edge) => importFaults(edge, sources)),
    ...circles(edges, (path) => path).map((circle) => `circle of files: ${circle}`),
    ...circles(edges, roomOf).map((circle) => `circle of rooms: ${circle}`),
  ];
}

/** Runtime dependencies that src/ does not import, and packages it imports without listing them. */
export function dependencyFaults(sources: Sources, dependencies: readonly string[]): string[] {
  const used = new Set<string>();
  for (const [path, text] of sources) {
    if (!isSource(path)) continue;
    for (const { specifier } of readImports(path, text)) {
      if (specifier === undefined || specifier.startsWith('.') || specifier.startsWith('node:')) continue;
      used.add(specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return [
    ...dependencies.filter((name) => !used.has(name)).map((name) => `dependency ${name} is never imported`),
    ...[...used]
      .filter((name) => !dependencies.includes(name))
      .map((name) => `${name} is imported and no dependency`),
  ];
}

function isSource(path: string): boolean {
  return path.startsWith('src/');
}

function roomOf(path: string): string {
  const [, first = '', second] = path.split('/');
  if (first === 'sim' && second === 'demo') return 'sim/demo';
  // The composition root may take more than one file: app.ts, app-http.ts, …
  return first.replace(/\.ts$/, '').replace(/^app-.*/, 'app');
}

function shapeFaults(path: string, text: string): string[] {
  const faults: string[] = [];
  const lines = text.split('\n').length - 1;
  if (lines > MAX_LINES) faults.push(`${path} has ${lines} lines, the ceiling is ${MAX_LINES}`);
  const names = [...dirname(path).split('/'), basename(path).replace(/(\.(test|engines))?\.ts$/, '')];
  const banned = names.find((name) => BANNED_NAMES.has(name));
  if (banned !== undefined) faults.push(`${path} is named ${banned}: name the thing`);
  const odd = names.find((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name));
  if (odd !== undefined) faults.push(`${path}: ${odd} is not kebab-case`);
  if (isSource(path) && path.split('/').length > 5) faults.push(`${path} lies more than two folders deep`);
  if (isSource(path) && /^export default\b/m.test(text)) faults.push(`${path} has a default export`);
  return faults;
}

function importFaults(edge: ImportEdge, sources: Sources): string[] {
  const where = `${edge.from}:${edge.line}`;
  if (edge.specifier === undefined) return [`${where} imports a computed name`];
  if (edge.file === undefined) return [];
  if (!isSource(edge.file)) return [`${where} imports ${edge.file} from outside src/`];
  if (!sources.has(edge.file)) return [`${where} imports ${edge.specifier}, which is no TypeScript file`];
  const [from, to] = [roomOf(edge.from), roomOf(edge.file)];
  if (from === to || to === 'log' || to === 'policy-names') return [];
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${edge.from}: ${from} is not in the table of rooms`];
  if (allowed !== 'all' && !allowed.includes(to)) return [`${where}: ${from} may not import ${to}`];
  const typesOnly = TYPES_ONLY[from];
  if (!edge.isTypeOnly && (typesOnly === 'all' || typesOnly?.includes(to) === true)) {
    return [`${where}: ${from} may import only types from ${to}`];
  }
  return [];
}

/** Circles in the graph of names, each once, as "a → b → a". */
function circles(edges: readonly ImportEdge[], nameOf: (path: string) => string): string[] {
  const graph = new Map<string, Set<string>>();
  for (const { from, file } of edges) {
    if (file === undefined || !isSource(file) || nameOf(from) === nameOf(file)) continue;
    const targets = graph.get(nameOf(from)) ?? new Set();
    graph.set(nameOf(from), targets.add(nameOf(file)));
  }
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) found.push([...trail.slice(start), name].join(' → '));
    if (start >= 0 || done.has(name)) return;
    for (const next of graph.get(name) ?? []) walk(next, [...trail, name]);
    done.add(name);
  };
  for (const name of graph.keys()) walk(name, []);
  return found;
}
