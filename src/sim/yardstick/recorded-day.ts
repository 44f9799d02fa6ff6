import { z } from 'zod';

const HOUR_MS = 3_600_000;
/** A longer time is no day: its samples and its people would not fit into memory. */
export const LONGEST_RECORD_MS = 31 * 24 * HOUR_MS;
/** No meeting had as many people. */
export const MOST_ATTENDEES = 100_000;
/** All of a record together; each becomes some hundred bytes. */
const MOST_PEOPLE = 5_000_000;

const time = z.number().min(0);
const name = z.string().min(1);

const server = z.object({
  id: name,
  /** Cores of the host; 8 are assumed where nobody knows. */
  cores: z.number().min(0.25).max(4_096).optional(),
  networkMbit: z.number().positive().optional(),
});

const session = z.object({
  tenantId: name,
  meetingId: name,
  serverId: name,
  startedAt: time,
  endedAt: time,
  maxAttendees: z.number().int().min(0).max(MOST_ATTENDEES),
});

const recordedFields = z.object({
  kind: z.literal('ballast-recorded-day'),
  version: z.literal(1),
  from: time,
  until: time,
  midnight: time,
  servers: z.array(server).max(10_000),
  sessions: z.array(session).max(1_000_000),
  history: z.array(session.omit({ serverId: true })).max(1_000_000),
  refused: z.number().int().min(0),
  unfinished: z.number().int().min(0),
  coresPerPerson: z.number().positive().max(10).optional(),
});

const recordedDay = recordedFields.superRefine(({ from, until, midnight, sessions }, context) => {
  const fault = (path: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  if (!(until > from && until - from <= LONGEST_RECORD_MS))
    fault('until', 'it must be later than from, by 31 days at most');
  if (!(midnight <= from && from - midnight <= 26 * HOUR_MS))
    fault('midnight', 'it must be the one before from');
  const stray = sessions.findIndex(({ startedAt }) => !(startedAt >= from && startedAt < until));
  if (stray >= 0) fault(`sessions.${stray}.startedAt`, 'it must be within from and until');
  const people = sessions.reduce((sum, { maxAttendees }) => sum + maxAttendees, 0);
  if (people > MOST_PEOPLE) fault('sessions', `these are more than ${MOST_PEOPLE} people`);
});

/**
 * What a balancer kept of a time: the sessions that began in it with the server that each was on, those before it, and the
 * servers. Times are ms since 1970; `midnight` is the one that hours of the day are counted from. `refused` creates found
 * no server, `unfinished` meetings began in that time and have not ended: neither can be replayed.
 */
export type RecordedDay = z.infer<typeof recordedFields>;

/** One session of a recorded day. */
export type RecordedSession = RecordedDay['sessions'][number];

/** Reads what `--export` wrote. Throws an Error that names what does not fit. */
export function parseRecordedDay(text: string): RecordedDay {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error('it is no JSON', { cause: error });
  }
  const { data, error } = recordedDay.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is no recorded day'}`, {
    cause: error,
  });
}
