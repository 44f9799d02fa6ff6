import { z } from 'zod';
import { CALL_NAMES } from '../bbb/call-names.js';
import { parseDuration } from '../config/duration.js';
import { POLICY_NAMES } from '../policy-names.js';
import { DEFAULT_TENANT } from '../tenants/tenant.js';
import { normaliseServerUrl } from './server-url.js';

const SHORTEST_KEEP_MS = 3_600_000;
const ID = /^[A-Za-z0-9._-]{1,64}$/;
const ID_RULE = '1 to 64 letters, digits, dots, underscores or hyphens';

// As a path segment "." and ".." would never arrive.
const id = z
  .string()
  .regex(ID, ID_RULE)
  .refine((given) => !/^\.{1,2}$/.test(given), 'must not be "." or ".."');
const ratio = z
  .number()
  .gt(0, 'a ratio above 0, at most 1')
  .lte(1, 'a ratio above 0, at most 1 (0.85 is 85 %)');
const count = z.int('a whole number').min(1, 'at least 1');
const secret = z.string().min(1, 'must not be empty').max(1024, 'at most 1024 characters');
const secretFile = z.string().min(1, 'must name a file');
const tag = z.string().regex(/^[^\s,!]{1,64}$/, '1 to 64 characters, no blanks, commas or exclamation marks');
const tags = z.array(tag).transform((given) => [...new Set(given)]);
const host = z
  .string()
  .toLowerCase()
  .max(253, 'at most 253 characters')
  .regex(/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/, 'a host name without scheme, port or path');

const url = z.string().transform((given, context) => {
  try {
    return normaliseServerUrl(given);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** What a server is made of, in a cluster document (`kind: Server`) and in `POST /admin/v1/servers`. */
export const serverFields = {
  id,
  url,
  secret: secret.optional(),
  /** A file that holds the secret, relative to the cluster file. */
  secretFile: secretFile.optional(),
  loadMultiplier: z.number().gt(0, 'above 0').lte(1000, 'at most 1000').default(1),
  tags: tags.default([]),
  /** Absent: a new server is enabled, a known one keeps its state. */
  state: z.enum(['enabled', 'cordoned', 'disabled']).optional(),
  metricsHost: z.string().min(1, 'must not be empty').max(253, 'at most 253 characters').optional(),
  limits: z
    .strictObject({
      cpu: ratio.optional(),
      memory: ratio.optional(),
      network: ratio.optional(),
      attendees: count.optional(),
      meetings: count.optional(),
    })
    .default({}),
  networkMbit: z.number().gt(0, 'above 0').optional(),
  allowInsecureTls: z.boolean().default(false),
};

/** `kind: Server`. */
export const serverDocument = z.strictObject({ kind: z.literal('Server'), ...serverFields });

// meetingID and checksum are what Ballast itself lives by.
const parameterName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,127}$/, 'the name of a BBB parameter')
  .refine((name) => !/^(checksum|meetingid)$/i.test(name), 'meetingID and checksum cannot be ruled');
const parameterValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const parameterValues = z.record(parameterName, parameterValue).default({});

const parameterRules = z.strictObject({
  default: parameterValues,
  force: parameterValues,
  max: z.record(parameterName, count).default({}),
  drop: z.array(parameterName).default([]),
});

// As the setting recordings.keepFor.
const keepFor = z.string().transform((given, context) => {
  const ms = parseDuration(given);
  if (ms !== undefined && ms >= SHORTEST_KEEP_MS) return ms;
  context.addIssue({ code: 'custom', message: 'a duration of at least 1h, such as "90d"' });
  return z.NEVER;
});

// Tenants are told apart in scoped meeting IDs by "--".
const tenantId = id
  .refine((given) => !given.includes('--'), 'must not hold "--"')
  .refine((given) => !given.startsWith('-') && !given.endsWith('-'), 'must not begin or end with "-"');

/** `kind: Tenant`. */
export const tenantDocument = z
  .strictObject({
    kind: z.literal('Tenant'),
    id: tenantId,
    hosts: z
      .array(host)
      .transform((given) => [...new Set(given)])
      .default([]),
    secrets: z.array(secret).optional(),
    /** A file with one secret a line, relative to the cluster file. */
    secretsFile: secretFile.optional(),
    limits: z.strictObject({ meetings: count.optional(), attendees: count.optional() }).default({}),
    servers: z.strictObject({ tags: tags.default([]) }).default({ tags: [] }),
    /** How its meetings are placed; absent: as configured for all. */
    policy: z.enum(POLICY_NAMES).optional(),
    /** How long its recordings are kept in Ballast's archive; absent: as configured for all. */
    recordings: z.strictObject({ keepFor: keepFor.optional() }).optional(),
    parameters: z.partialRecord(z.enum(CALL_NAMES), parameterRules).default({}),
  })
  .refine((given) => given.id !== DEFAULT_TENANT || (given.secrets ?? given.secretsFile) === undefined, {
    path: ['secrets'],
    message: 'the default tenant has its secrets in the configuration (secrets)',
  });

/** The fields of a server after parsing, before its secret was resolved. */
export type ServerFields = z.output<z.ZodObject<typeof serverFields, z.core.$strict>>;

/** The fields of a tenant after parsing, before its secrets were resolved. */
export type TenantFields = z.output<typeof tenantDocument>;
