import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AdminError } from './problem.js';
import type { callbackAnswers } from './callback-views.js';
import type { Actor, AdminScope } from './token-book.js';
import type { recordingAnswers } from './recording-views.js';
import { nearestName } from '../config/nearest-name.js';

/** Names of the schemas in `view-schemas.ts`, as the OpenAPI document refers to them. */
export type AnswerName =
  | 'ServersAnswer'
  | 'ServerView'
  | 'PanicAnswer'
  | 'SamplesAnswer'
  | 'RemovedAnswer'
  | 'TenantsAnswer'
  | 'MeetingsAnswer'
  | 'EndedAnswer'
  | 'PlacementsAnswer'
  | 'PlacementView'
  | 'ApplyAnswer'
  | 'AuditAnswer'
  | keyof typeof recordingAnswers
  | keyof typeof callbackAnswers
  | 'OpenApiDocument';

/** A request after authentication. */
export interface RouteRequest<Query> {
  /** The `:id` of the path; empty where there is none. */
  readonly id: string;
  readonly query: Query;
  /** The body as text; empty for GET and DELETE. */
  readonly body: string;
  /** The body unread, where the route takes it so. */
  readonly stream?: Readable | undefined;
  /** Of the body in bytes, as far as the client says. */
  readonly contentLength?: number | undefined;
  readonly actor: Actor;
}

/** What a handler answers. A changing one says what goes into the audit trail; without that nothing was changed. */
export interface RouteAnswer {
  readonly status?: 200 | 201;
  /** Becomes JSON; a `JsonList` piece by piece. */
  readonly body: unknown;
  readonly audit?: { readonly target: string; readonly detail: string };
}

/** One route as its handler declares it: the router and the OpenAPI document are both made from this. */
export interface RouteSpec<Query> {
  readonly method: 'get' | 'post' | 'delete';
  /** Below /admin/v1, with `:id` for a server or placement. */
  readonly path: string;
  readonly scope: AdminScope;
  readonly summary: string;
  readonly query: z.ZodObject<z.core.$ZodShape> & z.ZodType<Query>;
  readonly body?: { readonly contentType: string; readonly schema: z.ZodType };
  /** Gets the body as a stream and reads it itself. */
  readonly takesStream?: true;
  readonly answer: AnswerName;
  readonly status?: 201;
  /** Name in the audit trail; a route with it changes something. */
  readonly action?: string;
  /** What a refused change was about, for the audit trail; by default the `:id`. */
  readonly targetOf?: (search: URLSearchParams) => string;
  readonly handle: (request: RouteRequest<Query>) => Promise<RouteAnswer> | RouteAnswer;
}

/** A route of which the router needs to know no types. */
export interface Route extends Omit<RouteSpec<unknown>, 'handle'> {
  readonly run: (request: {
    readonly id: string;
    readonly search: URLSearchParams;
    readonly body: string;
    readonly stream?: Readable | undefined;
    readonly contentLength?: number | undefined;
    readonly actor: Actor;
  }) => Promise<RouteAnswer>;
}

/** No query parameters. */
export const noQuery = z.strictObject({});

/** `true` or `false`, false when absent. */
export const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((given) => given !== 'false');

const ROWS = 'a whole number from 1 to 1000';

/** How many rows, 1 to 1000. */
export const limit = z.coerce.number(ROWS).int(ROWS).min(1, ROWS).max(1000, ROWS).default(50);

/** Binds a handler to the query it declares. A mistyped query name is refused: `dryrun` must not apply for real. */
export function defineRoute<Query>(spec: RouteSpec<Query>): Route {
  const { handle, ...rest } = spec;
  return {
    ...rest,
    run: async ({ search, ...request }) => handle({ ...request, query: parseQuery(spec.query, search) }),
  };
}

/** Reads a JSON body. Throws AdminError 400. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new AdminError(400, 'the body must be JSON', undefined, { cause: error });
  }
}

function parseQuery<Query>(
  schema: z.ZodObject<z.core.$ZodShape> & z.ZodType<Query>,
  search: URLSearchParams,
): Query {
  const given = new Map<string, string>();
  const errors: string[] = [];
  for (const [name, value] of search) {
    if (given.has(name)) errors.push(`${name}: given twice`);
    given.set(name, value);
  }
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success && errors.length === 0) return parsed.data;
  const known = Object.keys(schema.shape);
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') errors.push(`${issue.path.join('.')}: ${issue.message}`);
    else {
      for (const key of issue.keys) {
        const nearest = nearestName(key, known);
        errors.push(`${key}: unknown parameter${nearest === undefined ? '' : `, did you mean ${nearest}?`}`);
      }
    }
  }
  throw new AdminError(400, 'the query cannot be read; nothing was changed', errors);
}
