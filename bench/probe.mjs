// Loaded into the Ballast under test by `--import`: answers over IPC with what only the process itself knows.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('message', (message) => {
  if (message === 'reset') delay.reset();
  const { user, system } = process.cpuUsage();
  process.send?.({
    // The monitor counts its own timer's interval in.
    p99Ms: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS),
    maxMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
    rssBytes: process.memoryUsage.rss(),
    cpuMs: (user + system) / 1000,
  });
});
process.channel?.unref();
