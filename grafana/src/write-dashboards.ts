import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboards, fileText } from './dashboards.js';

// `npm run generate`: writes grafana/dashboards/, and removes what is no longer made.
const folder = fileURLToPath(new URL('../dashboards/', import.meta.url));
mkdirSync(folder, { recursive: true });
const made = new Map(dashboards().map((dashboard) => [`${dashboard.uid ?? ''}.json`, fileText(dashboard)]));
for (const name of readdirSync(folder)) if (!made.has(name)) rmSync(`${folder}${name}`);
for (const [name, text] of made) writeFileSync(`${folder}${name}`, text);
