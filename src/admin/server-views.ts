import type { MeetingPlacer } from '../meetings/meeting-placer.js';
import { predictLoad } from '../placement/predict-load.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import type { ServerView } from './views.js';

/** All servers as the admin API and the metrics show them, as of now. */
export function serverViews(pool: Pool, placer: MeetingPlacer): readonly ServerView[] {
  return pool.servers().map((server) => serverView(server, placer));
}

function serverView(server: PooledServer, placer: MeetingPlacer): ServerView {
  const { definition, poll, health, lastFailure, clockSkewMs } = server;
  const candidate = placer.candidate(server);
  // The load as it is: with no further meeting.
  const assessment = predictLoad(candidate, 0, placer.options);
  return {
    id: definition.id,
    url: definition.url,
    adminState: definition.adminState,
    isDraining: definition.isDraining,
    health,
    lastFailure: health === 'online' ? undefined : lastFailure,
    tags: definition.tags,
    loadMultiplier: definition.loadMultiplier,
    limits: definition.limits,
    cpu: assessment.cpu,
    memory: assessment.memory,
    networkBytesPerSecond: assessment.networkBytesPerSecond,
    load: assessment.load,
    attendees: poll?.counts.attendees,
    reservedAttendees: assessment.reserved,
    meetings: poll?.counts.meetings,
    sampleAgeSeconds: seconds(candidate.sampleAgeMs),
    pollAgeSeconds: seconds(candidate.pollAgeMs),
    clockSkewSeconds: seconds(clockSkewMs),
  };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
