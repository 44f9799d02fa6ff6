import type { MeetingPlacer } from '../meetings/meeting-placer.js';
import { NOBODY, predictLoad } from '../placement/predict-load.js';
import type { Pool } from '../pool/pool.js';
import { serverViewOf } from './server-view.js';
import type { ServerView } from './views.js';

/** All servers as the admin API and the metrics show them, as of now. */
export function serverViews(
  pool: Pool,
  placer: Pick<MeetingPlacer, 'candidate' | 'options'>,
  now: () => number = Date.now,
): readonly ServerView[] {
  return pool.servers().map((server) => {
    const candidate = placer.candidate(server);
    // The load as it is: with no further meeting.
    const { cpu, memory, networkBytesPerSecond, load, reserved } = predictLoad(
      candidate,
      NOBODY,
      placer.options,
    );
    const { sampleAgeMs } = candidate;
    return serverViewOf(
      server,
      { cpu, memory, networkBytesPerSecond, load, sampleAgeMs, reservedAttendees: reserved },
      now(),
    );
  });
}
