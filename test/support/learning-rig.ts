import { EventCounts } from '../../src/meetings/event-counts.js';
import { JoinBook } from '../../src/meetings/join-book.js';
import { LoadWatch, type WatchedSample } from '../../src/meetings/load-watch.js';
import type { MeetingDirectory } from '../../src/meetings/meeting-directory.js';
import { ServerOutlooks } from '../../src/meetings/server-outlooks.js';
import { LoadModel } from '../../src/placement/learning/load-model.js';
import { RoomHabits } from '../../src/placement/learning/room-habits.js';
import { placementOptions } from './candidates.js';

/** What a placer forecasts with, having learnt nothing yet; samples are what a test puts into `samples`. */
export function learningRig(directory: MeetingDirectory, now: () => number) {
  const { rampMs } = placementOptions();
  const samples = new Map<string, WatchedSample>();
  const habits = new RoomHabits({ defaultAttendees: 15, defaultDurationMs: 4 * rampMs });
  const model = new LoadModel({ rampMs, windowMs: 60_000 });
  const joins = new JoinBook();
  const events = new EventCounts({ directory, joins });
  const outlooks = new ServerOutlooks({ directory, joins, events, habits, model, rampMs });
  const watch = new LoadWatch({ model, sampleOf: (id) => samples.get(id), maxAgeMs: 120_000, now });
  return { samples, habits, model, joins, events, outlooks, watch };
}
