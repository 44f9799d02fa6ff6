import { readFile, writeFile } from 'node:fs/promises';
import type { Dashboard } from '@grafana/schema';
import { askDashboard } from './ask-dashboard.js';
import { Photographer } from './photograph.js';
const stage = JSON.parse(await readFile('/tmp/screens-dev/stage.json','utf8'));
const ph = await Photographer.start('/usr/bin/chromium');
const toMs = Number(process.env.TO ?? Date.now()); const fromMs = toMs - Number(process.env.MIN ?? 6) * 60000;
const only = process.argv[2];
for (const uid of ['pool','server','placement','api','self'].filter((u) => !only || only.split(',').includes(u))) {
  const dashboard = JSON.parse(await readFile(`/work/main/grafana/dashboards/ballast-${uid}.json`, 'utf8')) as Dashboard;
  try {
  const scene = await askDashboard(dashboard, { prometheusUrl: stage.prometheus, influxdb: { url: stage.influx, token: stage.token, org: stage.org, bucket: stage.bucket }, scrapeMs: 1000, fromMs, toMs }, { datasource: 'Prometheus', influx: 'InfluxDB', server: uid==='server' ? 'demo-bbb2' : undefined as never, interval: '1m' });
  await writeFile(`/tmp/screens-dev/${uid}.json`, JSON.stringify(scene));
  for (const [id, a] of Object.entries(scene.answers)) if (a.error) console.log(uid, id, a.error);
  const png = await ph.dashboard(scene);
  await writeFile(`/tmp/screens-dev/${uid}.png`, png);
  console.log(uid, png.length);
  } catch (e) { console.log(uid, e); }
}
await ph.close();
