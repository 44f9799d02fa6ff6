// Loaded into the Ballast under test by `--import`: answers over IPC with what only the process itself knows.
import { openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

/* global Buffer, setInterval */
// What the longest turn computed, whatever else wanted the core: the first figure there, in ns, is the main thread's (Linux only).
const schedule = openSchedule();
const text = Buffer.alloc(128);
let computedMs = readComputed();
let maxComputedMs = 0;
setInterval(() => {
  const now = readComputed();
  maxComputedMs = Math.max(maxComputedMs, now - computedMs);
  computedMs = now;
}, RESOLUTION_MS).unref();

process.on('message', (message) => {
  if (message === 'reset') {
    delay.reset();
    maxComputedMs = 0;
  }
  const { user, system } = process.cpuUsage();
  process.send?.({
    // The monitor counts its own timer's interval in.
    p99Ms: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS),
    maxMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
    maxComputedMs: schedule === undefined ? undefined : maxComputedMs,
    rssBytes: process.memoryUsage.rss(),
    cpuMs: (user + system) / 1000,
  });
});
process.channel?.unref();

function openSchedule() {
  try {
    return openSync('/proc/self/schedstat', 'r');
  } catch {
    return undefined;
  }
}

function readComputed() {
  if (schedule === undefined) return 0;
  return Number.parseInt(text.toString('latin1', 0, readSync(schedule, text, 0, text.length, 0)), 10) / 1e6;
}
