import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Dashboard } from '@grafana/schema';
import { askDashboard, type DataSources } from './ask-dashboard.js';
import { Photographer } from './photograph.js';
import { smaller } from './smaller-png.js';
import { stackInfluxdb } from './stack-influxdb.js';
import { DYING, tellStory } from './story.js';
import { terminalHtml, watchDemo } from './terminal-picture.js';

// `npm run screens`: writes docs/screens/. A quarter of an hour: the data is that of the running stack, with a fault in it.
// Needs a Chromium (--chromium, default /usr/bin/chromium) and `npm run engines` once.
const { values } = parseArgs({ options: { chromium: { type: 'string', default: '/usr/bin/chromium' } } });
const DASHBOARDS = fileURLToPath(new URL('../../dashboards/', import.meta.url));
const SCREENS = fileURLToPath(new URL('../../../docs/screens/', import.meta.url));
/** Of prometheus.yml. */
const SCRAPE_MS = 15_000;
/** What a picture shows of the choices a dashboard offers; all others stand as the file has them. */
const CHOSEN = { datasource: 'Prometheus', influx: 'InfluxDB', interval: '1m' };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function write(name: string, png: Buffer): Promise<void> {
  const small = smaller(png);
  await writeFile(join(SCREENS, `${name}.png`), small);
  say(`docs/screens/${name}.png  ${String(Math.ceil(small.length / 1024))} kB`);
}

await mkdir(SCREENS, { recursive: true });
const photographer = await Photographer.start(values.chromium);
try {
  await write('demo', await photographer.html(terminalHtml(await watchDemo())));
  const { stack, fromMs, toMs, close } = await tellStory(say);
  try {
    const sources: DataSources = {
      prometheusUrl: stack.url('prometheus', 9090),
      influxdb: stackInfluxdb(stack),
      scrapeMs: SCRAPE_MS,
      from: fromMs,
      to: toMs,
    };
    for (const file of (await readdir(DASHBOARDS)).sort()) {
      const dashboard = JSON.parse(await readFile(join(DASHBOARDS, file), 'utf8')) as Dashboard;
      const isOfOne = dashboard.templating?.list?.some(
        ({ name, allValue }) => name === 'server' && allValue === undefined,
      );
      const scene = await askDashboard(
        dashboard,
        sources,
        isOfOne === true ? { ...CHOSEN, server: DYING } : CHOSEN,
      );
      for (const [id, { error }] of Object.entries(scene.answers)) {
        if (error === undefined) continue;
        say(`${file}, panel ${id}: ${error}`);
        process.exitCode = 1;
      }
      await write(file.replace('.json', ''), await photographer.dashboard(scene));
    }
  } finally {
    await close();
  }
} finally {
  await photographer.close();
}
