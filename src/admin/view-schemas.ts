import { z } from 'zod';
import { FAULT_KINDS } from '../metrics/load-table.js';
import { POLICY_NAMES } from '../policy-names.js';
import { recordingAnswers } from './recording-views.js';
import { callbackAnswers } from './callback-views.js';
import type { AnswerName } from './route.js';
import type {
  ApplyAnswer,
  AuditAnswer,
  MeetingView,
  PanicAnswer,
  ProblemAnswer,
  SamplesAnswer,
  ServerView,
  TenantView,
} from './views.js';

const ratio = z.number().optional();
const limits = z.strictObject({
  cpu: ratio,
  memory: ratio,
  network: ratio,
  attendees: z.int().optional(),
  meetings: z.int().optional(),
});

/** A server, without its secret. */
export const serverView = z.strictObject({
  id: z.string(),
  url: z.string(),
  adminState: z.enum(['enabled', 'cordoned', 'disabled']),
  isDraining: z.boolean(),
  health: z.enum(['unknown', 'online', 'unstable', 'offline', 'wrong-secret']),
  lastFailure: z.string().optional(),
  tags: z.array(z.string()),
  loadMultiplier: z.number(),
  limits,
  cpu: ratio,
  memory: ratio,
  networkBytesPerSecond: z.number().optional(),
  load: z.number().optional(),
  attendees: z.int().optional(),
  reservedAttendees: z.number().optional(),
  meetings: z.int().optional(),
  sampleAgeSeconds: z.number().optional(),
  pollAgeSeconds: z.number().optional(),
  clockSkewSeconds: z.number().optional(),
  recordingsRead: z.boolean().optional(),
}) satisfies z.ZodType<ServerView>;

const samplesAnswer = z.strictObject({
  samples: z.array(
    z.strictObject({
      serverId: z.string(),
      ageSeconds: z.number(),
      cpu: ratio,
      memory: ratio,
      networkBytesPerSecond: z.number().optional(),
      cpuCount: z.number().optional(),
      networkMbit: z.number().optional(),
      matchedBy: z.enum(['server', 'host']).optional(),
    }),
  ),
  faults: z.array(
    z.strictObject({
      serverId: z.string().optional(),
      kind: z.enum(FAULT_KINDS),
      message: z.string(),
    }),
  ),
  strangers: z.array(z.string()),
}) satisfies z.ZodType<SamplesAnswer>;

const tenantView = z.strictObject({
  id: z.string(),
  hosts: z.array(z.string()),
  secretCount: z.int(),
  limits: z.strictObject({ meetings: z.int().optional(), attendees: z.int().optional() }),
  serverTags: z.array(z.string()),
  policy: z.enum(POLICY_NAMES).optional(),
  meetings: z.int(),
  attendees: z.int(),
}) satisfies z.ZodType<TenantView>;

const meetingView = z.strictObject({
  tenantId: z.string(),
  meetingId: z.string(),
  serverId: z.string(),
  state: z.enum(['claimed', 'running']),
  attendees: z.int().optional(),
  createTime: z.int().optional(),
  claimedAt: z.int(),
}) satisfies z.ZodType<MeetingView>;

// Open objects: what placement explains of a candidate grows with its policies. What is unknown is absent.
const candidate = z.looseObject({
  id: z.string(),
  verdict: z.string().describe('chosen, or why not: heavier, spare, above-ceiling, not-online and so on'),
  detail: z.string().describe('the same as a sentence'),
  rank: z.int().optional().describe('1 is best; absent where it may not be tried'),
  load: z
    .number()
    .optional()
    .describe('the tightest resource as a part of its ceiling, times loadMultiplier'),
  bound: z.string().optional().describe('the tightest: cpu, memory, network, attendees or meetings'),
  cpu: ratio.describe('busy now, 0 to 1'),
  predictedCpu: z.number().optional().describe('the highest expected with this meeting'),
  predictedInMs: z.number().optional().describe('how far ahead that is'),
  cpuPerPerson: z.number().optional(),
  backgroundCpu: z.number().optional().describe('beyond what idling and people explain'),
  memory: ratio,
  networkBytesPerSecond: z.number().optional(),
  attendees: z.number(),
  reservedAttendees: z.number().optional().describe('promised to young meetings and not counted yet'),
  meetings: z.number(),
  sampleAgeMs: z.number().optional(),
  pollAgeMs: z.number().optional(),
});

const placement = z.looseObject({
  id: z.string(),
  at: z.int(),
  tenantId: z.string(),
  meetingId: z.string(),
  serverId: z.string().optional(),
  policy: z.string(),
  expectedAttendees: z.number(),
  decision: z.looseObject({
    ranking: z.array(z.string()),
    reason: z.string(),
    explanation: z.string(),
    notes: z.array(z.string()).optional(),
    expectation: z
      .looseObject({
        attendees: z.number(),
        durationsMs: z.array(z.number()),
        basis: z.string(),
        sessions: z.int(),
      })
      .optional(),
    candidates: z.array(candidate),
  }),
  retries: z.array(z.looseObject({ serverId: z.string(), cause: z.string() })),
});

/** Every answer of the admin API by its name in the OpenAPI document. */
export const answerSchemas: Readonly<Record<AnswerName, z.ZodType>> = {
  ServersAnswer: z.strictObject({ servers: z.array(serverView) }),
  ServerView: serverView,
  PanicAnswer: z.strictObject({ server: serverView, ended: z.int() }) satisfies z.ZodType<PanicAnswer>,
  RemovedAnswer: z.strictObject({ removed: z.string() }),
  SamplesAnswer: samplesAnswer,
  TenantsAnswer: z.strictObject({ tenants: z.array(tenantView) }),
  MeetingsAnswer: z.strictObject({ meetings: z.array(meetingView) }),
  EndedAnswer: z.strictObject({ ended: z.literal(true), tenantId: z.string(), meetingId: z.string() }),
  PlacementView: placement,
  PlacementsAnswer: z.strictObject({ placements: z.array(placement) }),
  ApplyAnswer: z.strictObject({
    changes: z.array(
      z.strictObject({
        kind: z.enum(['Server', 'Tenant']),
        id: z.string(),
        action: z.enum(['create', 'update', 'remove', 'cordon', 'unchanged']),
        detail: z.string(),
      }),
    ),
    dryRun: z.boolean(),
  }) satisfies z.ZodType<ApplyAnswer>,
  AuditAnswer: z.strictObject({
    audit: z.array(
      z.strictObject({
        at: z.int(),
        actor: z.string(),
        action: z.string(),
        target: z.string(),
        detail: z.string(),
      }),
    ),
  }) satisfies z.ZodType<AuditAnswer>,
  ...recordingAnswers,
  ...callbackAnswers,
  OpenApiDocument: z.looseObject({ openapi: z.string() }),
};

/** Every refusal. */
export const problemSchema = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.string()).optional(),
  requestId: z.string().optional(),
}) satisfies z.ZodType<ProblemAnswer>;
