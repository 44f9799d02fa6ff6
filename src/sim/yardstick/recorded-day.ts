import { z } from 'zod';

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
  maxAttendees: z.number().int().min(0).max(100_000),
});

const recordedDay = z.object({
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

/**
 * What a balancer kept of a time: the sessions that began in it with the server that each was on, those before it, and the
 * servers. Times are ms since 1970; `midnight` is the one that hours of the day are counted from. `refused` creates found
 * no server, `unfinished` meetings began in that time and have not ended: neither can be replayed.
 */
export type RecordedDay = z.infer<typeof recordedDay>;

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
