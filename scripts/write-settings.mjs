// Rewrites the tables of settings and commands in README.md, and .env.example: node --import tsx scripts/write-settings.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { writtenEnvExample, writtenReadme } from '../src/cli/written-documents.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, writtenReadme(readFileSync(readme, 'utf8')));
writeFileSync(new URL('../.env.example', import.meta.url), writtenEnvExample());
