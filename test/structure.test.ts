import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { dependencyFaults, houseFaults } from './support/house-rules.js';
import { readImports, readSources, type Sources } from './support/imports.js';

const root = fileURLToPath(new URL('..', import.meta.url));

function sources(files: Record<string, string>): Sources {
  return new Map(Object.entries({ 'src/log.ts': 'export interface Logger {}\n', ...files }));
}

describe('the structure of the repository', function () {
  // All sources are read and parsed.
  this.timeout(60_000);

  const ours = readSources(root, ['src', 'test', 'bench']);

  it('keeps every import inside the table of rooms, without circles, and every file in shape', () => {
    expect(ours.size).to.be.greaterThan(20);
    expect(houseFaults(ours)).to.deep.equal([]);
  });

  it('imports every runtime dependency, and nothing that is not one', () => {
    const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(dependencyFaults(ours, Object.keys(manifest.dependencies))).to.deep.equal([]);
  });
});

describe('readImports', () => {
  it('finds static, type, re-exported, inline and dynamic imports', () => {
    const text = [
      `import a, { type B } from './a.js';`,
      `import type { C } from '../bbb/c.js';`,
      `import { type D, type E } from './d.js';`,
      `export * from './f.js';`,
      `export type { G } from './g.js';`,
      `type H = import('./h.js').H;`,
      `const i = await import('./i.js');`,
      `const j = await import(name);`,
      `import 'node:fs';`,
      `// import './comment.js'; and a string: "import './text.js'"`,
    ].join('\n');
    const found = readImports('src/api/x.ts', text).map((e) => [e.line, e.file ?? e.specifier, e.isTypeOnly]);
    expect(found).to.deep.equal([
      [1, 'src/api/a.ts', false],
      [2, 'src/bbb/c.ts', true],
      [3, 'src/api/d.ts', true],
      [4, 'src/api/f.ts', false],
      [5, 'src/api/g.ts', true],
      [6, 'src/api/h.ts', true],
      [7, 'src/api/i.ts', false],
      [8, undefined, false],
      [9, 'node:fs', false],
    ]);
  });
});

describe('houseFaults', () => {
  const cases: readonly (readonly [string, Record<string, string>, string])[] = [
    [
      'an import that points up the table',
      { 'src/bbb/a.ts': `import { b } from '../pool/b.js';`, 'src/pool/b.ts': '' },
      'src/bbb/a.ts:1: bbb may not import pool',
    ],
    [
      'a type import that points up the table',
      { 'src/bbb/a.ts': `import type { B } from '../pool/b.js';`, 'src/pool/b.ts': '' },
      'src/bbb/a.ts:1: bbb may not import pool',
    ],
    [
      'a dynamic import that points up the table',
      { 'src/bbb/a.ts': `\nawait import('../app.js');`, 'src/app.ts': '' },
      'src/bbb/a.ts:2: bbb may not import app',
    ],
    [
      'a value taken by the store from a room it serves',
      { 'src/store/a.ts': `import { b } from '../pool/b.js';`, 'src/pool/b.ts': '' },
      'src/store/a.ts:1: store may import only types from pool',
    ],
    [
      'the simulated server importing the app',
      { 'src/sim/a.ts': `import { startApp } from '../app.js';`, 'src/app.ts': '' },
      'src/sim/a.ts:1: sim may not import app',
    ],
    [
      'a room that is not in the table',
      { 'src/magic/a.ts': `import { b } from '../bbb/b.js';`, 'src/bbb/b.ts': '' },
      'src/magic/a.ts: magic is not in the table of rooms',
    ],
    [
      'a computed import',
      { 'src/bbb/a.ts': 'await import(`./${x}.js`);' },
      'src/bbb/a.ts:1 imports a computed name',
    ],
    [
      'an import from test/',
      { 'src/bbb/a.ts': `import { x } from '../../test/support/x.js';`, 'test/support/x.ts': '' },
      'src/bbb/a.ts:1 imports test/support/x.ts from outside src/',
    ],
    [
      'a circle of files',
      { 'src/bbb/a.ts': `import { b } from './b.js';`, 'src/bbb/b.ts': `export * from './a.js';` },
      'circle of files: src/bbb/a.ts → src/bbb/b.ts → src/bbb/a.ts',
    ],
    [
      'a circle of rooms',
      {
        'src/admin/a.ts': `import { b } from '../store/b.js';`,
        'src/store/b.ts': '',
        'src/store/c.ts': `import type { D } from '../admin/d.js';`,
        'src/admin/d.ts': '',
      },
      'circle of rooms: admin → store → admin',
    ],
    [
      'a file over the ceiling',
      { 'test/a.test.ts': '\n'.repeat(401) },
      'test/a.test.ts has 401 lines, the ceiling is 400',
    ],
    [
      'a folder called utils',
      { 'src/bbb/utils/a.ts': '' },
      'src/bbb/utils/a.ts is named utils: name the thing',
    ],
    ['a file called helpers', { 'test/helpers.ts': '' }, 'test/helpers.ts is named helpers: name the thing'],
    ['a third folder', { 'src/bbb/a/b/c/d.ts': '' }, 'src/bbb/a/b/c/d.ts lies more than two folders deep'],
    ['camel case', { 'src/bbb/rawQuery.ts': '' }, 'src/bbb/rawQuery.ts: rawQuery is not kebab-case'],
    ['a default export', { 'src/bbb/a.ts': 'export default 1;' }, 'src/bbb/a.ts has a default export'],
  ];
  for (const [title, files, fault] of cases) {
    it(`reports ${title}`, () => {
      const faults = houseFaults(sources(files));
      expect(faults).to.deep.equal([fault]);
    });
  }

  it('accepts imports that follow the table', () => {
    const files = {
      'src/bbb/a.ts': `import type { Logger } from '../log.js';`,
      'src/meetings/b.ts': `import { a } from '../bbb/a.js';`,
      'src/store/c.ts': `import type { b } from '../meetings/b.js';`,
      'src/app.ts': `import { c } from './store/c.js';`,
      'src/sim/demo/d.ts': `import { startApp } from '../../app.js';`,
      'src/main.ts': `await import('./sim/demo/d.js');`,
    };
    expect(houseFaults(sources(files))).to.deep.equal([]);
  });
});

describe('dependencyFaults', () => {
  it('reports a dependency nobody imports and an import nobody lists', () => {
    const files = sources({
      'src/bbb/a.ts': `import { Pool } from 'undici';\nimport x from '@scope/name/deep.js';\nimport 'node:fs';`,
      'test/b.ts': `import { expect } from 'chai';`,
    });
    expect(dependencyFaults(files, ['undici', 'yaml'])).to.deep.equal([
      'dependency yaml is never imported',
      '@scope/name is imported and no dependency',
    ]);
  });
});
