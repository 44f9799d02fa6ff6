import type { MetricBook } from './metric-book.js';

/** Lessons of 45 and 90 minutes, meetings of a few minutes, rooms that stay open over a working day; seconds. */
const DURATION_BUCKETS = [60, 300, 900, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 21_600, 28_800, 43_200];

/** From a meeting that nobody came to up to what one BBB server carries. */
const PEOPLE_BUCKETS = [0, 1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500];

/** A wrong guess by ten people is nothing to a server; by a hundred it is a server too few. */
const ERROR_BUCKETS = [0, 1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 200];

/** What looks after meetings reports. */
export interface MeetingHooks {
  meetingEnded(event: {
    readonly seconds: number;
    readonly attendees: number;
    /** At its create; absent where it was made directly on a server. */
    readonly expectedAttendees: number | undefined;
    /** It began on another server: neither its length nor its size is known whole. */
    readonly wasMoved: boolean;
  }): void;
  /** A running meeting went from this server to another. */
  meetingMoved(serverId: string, cause: string): void;
  meetingAdopted(serverId: string): void;
  meetingSplit(serverId: string): void;
  copyEnded(serverId: string, isEnded: boolean): void;
}

/** Meetings from their end, and what is mended about those that run. */
export function meetingMetrics(book: MetricBook): MeetingHooks {
  book.readOne('ballast_split_meetings', 'Meetings seen on two servers at once.', (sources) =>
    sources.splitMeetings?.(),
  );
  book.readOne('ballast_orphan_meetings', 'Unwanted copies of meetings yet to be ended.', (sources) =>
    sources.orphanMeetings?.(),
  );
  const ended = book.counter('ballast_meetings_ended_total', 'Meetings that ran and whose end was seen.');
  const duration = book.histogram(
    'ballast_meeting_duration_seconds',
    'Seconds that ended meetings ran; without those that were moved, whose beginning was elsewhere.',
    DURATION_BUCKETS,
  );
  const attendees = book.histogram(
    'ballast_meeting_attendees',
    'Most people at once in each ended meeting, as polls saw them; without those that were moved.',
    PEOPLE_BUCKETS,
  );
  const sizeError = book.histogram(
    'ballast_meeting_size_error_attendees',
    'People by which an ended meeting was larger or smaller than expected when it was created.',
    ERROR_BUCKETS,
  );
  const expected = book.counter(
    'ballast_meeting_expected_attendees_total',
    'People expected of ended meetings when they were created, without those that Ballast did not create; compare with ballast_meeting_seen_attendees_total.',
  );
  const seen = book.counter(
    'ballast_meeting_seen_attendees_total',
    'Most people at once in each ended meeting, summed up.',
  );
  const moved = book.perServer(
    'ballast_meetings_moved_total',
    'Running meetings that went to another server, by the server they were on and why.',
    'cause',
  );
  const adopted = book.perServer(
    'ballast_meetings_adopted_total',
    'Meetings found on the server that were not made through Ballast, and are known to it from then on.',
  );
  const splits = book.perServer(
    'ballast_meeting_splits_total',
    'Second copies of a running meeting that were seen on the server.',
  );
  const copies = book.perServer(
    'ballast_copies_ended_total',
    'Attempts to end an unwanted copy of a meeting on the server, by outcome: ended, or failed (it is tried again).',
    'outcome',
  );
  return {
    meetingEnded: (event) => {
      ended.inc();
      if (event.wasMoved) return;
      duration.observe(event.seconds);
      attendees.observe(event.attendees);
      if (event.expectedAttendees === undefined) return;
      sizeError.observe(Math.abs(event.expectedAttendees - event.attendees));
      expected.inc(event.expectedAttendees);
      seen.inc(event.attendees);
    },
    meetingMoved: (serverId, cause) => {
      moved.inc(serverId, cause);
    },
    meetingAdopted: (serverId) => {
      adopted.inc(serverId);
    },
    meetingSplit: (serverId) => {
      splits.inc(serverId);
    },
    copyEnded: (serverId, isEnded) => {
      copies.inc(serverId, isEnded ? 'ended' : 'failed');
    },
  };
}
