import type { MeetingPlacer } from '../meetings/meeting-placer.js';
import { type Assessment, NOBODY, predictLoad } from '../placement/predict-load.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import { serverViewOf } from './server-view.js';
import type { ServerView } from './views.js';

/** All servers as the admin API and the metrics show them, as of now. */
export function serverViews(
  pool: Pool,
  placer: Pick<MeetingPlacer, 'candidate' | 'options'>,
  recordings: { hasRead(serverId: string): boolean | undefined },
  now: () => number = Date.now,
): readonly ServerView[] {
  // The load as it is: with no further meeting.
  return pool.servers().map((server) => {
    const assessment = predictLoad(placer.candidate(server), NOBODY, placer.options);
    const recordingsRead = recordings.hasRead(server.definition.id);
    return { ...assessedView(server, assessment, now()), recordingsRead };
  });
}

/** One server with its load as it was assessed; `now` in ms since 1970. */
export function assessedView(server: PooledServer, assessment: Assessment, now: number): ServerView {
  const { candidate, cpu, memory, networkBytesPerSecond, load, reserved } = assessment;
  const { sampleAgeMs } = candidate;
  return serverViewOf(
    server,
    { cpu, memory, networkBytesPerSecond, load, sampleAgeMs, reservedAttendees: reserved },
    now,
  );
}
