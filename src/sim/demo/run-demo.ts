import { setTimeout as delay } from 'node:timers/promises';
import { SPEED } from './demo-config.js';
import { DemoWorld } from './demo-world.js';
import { drawHeader, drawPicture } from './draw.js';
import { judge } from './judge.js';
import type { InfluxdbTarget } from './influxdb-target.js';
import type { OutageTimes } from './outage.js';
import { Screen } from './screen.js';
import { SLOT_MS } from './traffic.js';

/** How to run the demo. */
export interface DemoOptions {
  /** Ends by itself after `seconds`, prints the final table, and answers 1 if anything went wrong. */
  readonly once: boolean;
  /** Default 60. */
  readonly seconds?: number | undefined;
  /** Samples go through this InfluxDB instead of straight to Ballast. */
  readonly influxdb?: InfluxdbTarget | undefined;
}

const STEP_MS = 100;
const DEFAULT_SECONDS = 60;
/** Ctrl-C is to end everything within two seconds. */
const STOP_WITHIN_MS = 1_500;
const BURST_MS = SLOT_MS / SPEED;
const BEFORE_BURST_MS = 300;

/** Runs the demo until SIGINT or SIGTERM, or as long as told. Resolves with the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const stopping = new AbortController();
  const onSignal = (): void => {
    stopping.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const lengthMs = options.once ? (options.seconds ?? DEFAULT_SECONDS) * 1_000 : Infinity;
  const starting = DemoWorld.start(outageTimes(lengthMs), options.influxdb);
  try {
    const aborted = new Promise<undefined>((resolve) => {
      stopping.signal.addEventListener('abort', () => {
        resolve(undefined);
      });
    });
    const world = await Promise.race([starting, aborted]);
    if (!world) return 0;
    const screen = new Screen({ isLive: !options.once, stream: process.stdout });
    announce(world, screen, options.influxdb);
    await play(world, screen, lengthMs, stopping.signal);
    screen.finish(picture(world, screen));
    return stopping.signal.aborted || !options.once ? 0 : verdict(world, screen);
  } finally {
    await Promise.race([
      starting.then((world) => world.stop()),
      delay(STOP_WITHIN_MS, undefined, { ref: false }),
    ]);
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** The server dies just before a burst of creates, so that some meet it before a poll does, and has time to return. */
function outageTimes(lengthMs: number): OutageTimes {
  if (lengthMs === Infinity) {
    return { diesMs: 2 * BURST_MS - BEFORE_BURST_MS, returnsMs: 3 * BURST_MS, againMs: 8 * BURST_MS };
  }
  const bursts = Math.floor((lengthMs * 0.35) / BURST_MS);
  const diesMs = bursts > 0 ? bursts * BURST_MS - BEFORE_BURST_MS : lengthMs * 0.3;
  return { diesMs, returnsMs: lengthMs * 0.6, againMs: Infinity };
}

async function play(world: DemoWorld, screen: Screen, lengthMs: number, signal: AbortSignal): Promise<void> {
  const endsAt = Date.now() + lengthMs;
  while (!signal.aborted && Date.now() < endsAt) {
    try {
      await world.advance();
    } catch (error) {
      world.watch.note(error instanceof Error ? error.message : String(error));
    }
    screen.show(() => picture(world, screen), world.watch.notes);
    await delay(STEP_MS, undefined, { signal }).catch(() => undefined);
  }
}

function picture(world: DemoWorld, screen: Screen): readonly string[] {
  const { watch, traffic, demoTime } = world;
  return drawPicture(
    { demoTime, snapshot: watch.snapshot, notes: watch.notes, counts: traffic.counts },
    screen,
  );
}

function announce(
  { app, setup, frontEnd }: DemoWorld,
  screen: Screen,
  influxdb: InfluxdbTarget | undefined,
): void {
  screen.print(
    drawHeader({
      apiUrl: `${app.url}/bigbluebutton/api`,
      secret: setup.secret,
      signedUrl: frontEnd.sign('getMeetings'),
      metricsUrl: `${app.adminUrl}/metrics`,
      adminUrl: app.adminUrl,
      adminToken: setup.adminToken,
      ...(influxdb !== undefined && {
        samples: `${influxdb.url}, bucket ${influxdb.bucket} of ${influxdb.org}, as servers demo-bbb1 to demo-bbb4`,
      }),
    }),
  );
}

/** Prints what the run was like; 1 when something went wrong. */
function verdict(world: DemoWorld, screen: Screen): number {
  const faults = judge({
    counts: world.traffic.counts,
    splitMeetings: world.splitMeetings,
    hasSeenSamples: world.hasSeenSamples,
    callbacks: world.callbacks,
  });
  if (world.callbacks) {
    const { ends, recordings, analytics, owed } = world.callbacks;
    screen.print(`\nCallbacks: ${ends} ends, ${recordings} recordings, ${analytics} analytics.\n`);
    for (const lesson of owed) screen.print(`  no end yet of ${lesson}\n`);
  }
  screen.print(`\n${faults.length === 0 ? 'No create failed, no meeting was split.' : faults.join('; ')}\n`);
  return faults.length === 0 ? 0 : 1;
}
