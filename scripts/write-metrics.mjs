// Rewrites docs/metrics.md from the registry: node --import tsx scripts/write-metrics.mjs
import { writeFileSync } from 'node:fs';
import { appCounts } from '../src/app-counts.ts';
import { metricsDocument } from '../src/ops/metrics-document.ts';

const page = new URL('../docs/metrics.md', import.meta.url);
writeFileSync(page, metricsDocument(appCounts().describe()));
