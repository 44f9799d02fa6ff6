import { CliError } from './cli-error.js';

/** How a running Ballast is reached. */
export interface AdminAddress {
  readonly url: string;
  readonly token: string;
}

/** One call of the admin API. */
export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/admin/v1`, each part encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: { readonly contentType: string; readonly text: string };
  readonly timeoutMs?: number;
}

/** Sends calls to the admin API and returns their JSON; throws CliError with what to do when that fails. */
export type AdminClient = (request: AdminRequest) => Promise<unknown>;

/** Makes the client of one balancer. */
export function createAdminClient(address: AdminAddress): AdminClient {
  return async (request) => {
    const response = await send(address, request);
    const text = await readText(address, response);
    const answer = parseJson(text);
    if (!response.ok) throw refusal(address, response, answer);
    if (response.status === 204) return {};
    if (answer === undefined) throw notBallast(address, `HTTP ${response.status} without JSON`);
    return answer;
  };
}

/** The list an answer holds under a name. Throws CliError when it is not there. */
export function listIn(answer: unknown, name: string): readonly unknown[] {
  const list: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  if (!Array.isArray(list)) {
    throw new CliError(`The answer has no list "${name}": is --url a Ballast of this version?`);
  }
  return list;
}

async function send(address: AdminAddress, request: AdminRequest): Promise<Response> {
  const { method, path, query = {}, body, timeoutMs = 30_000 } = request;
  const url = new URL(`${address.url.replace(/\/+$/, '')}/admin/v1${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const headers = {
    authorization: `Bearer ${address.token}`,
    accept: 'application/json, application/problem+json',
    ...(body === undefined ? {} : { 'content-type': body.contentType }),
  };
  try {
    // A redirect would carry the token to wherever it points.
    const common = { method, headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const;
    return await fetch(url, body === undefined ? common : { ...common, body: body.text });
  } catch (error) {
    throw unreachable(address, error, timeoutMs);
  }
}

async function readText(address: AdminAddress, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new CliError(`The answer of ${address.url} was cut off; try again.`, { cause: error });
  }
}

function unreachable(address: AdminAddress, error: unknown, timeoutMs: number): CliError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason =
    error instanceof Error && error.name === 'TimeoutError'
      ? `no answer within ${timeoutMs / 1000} s`
      : cause instanceof Error && 'code' in cause
        ? String(cause.code)
        : String(cause);
  const advice =
    'Is `ballast serve` running there? With adminListen set, its address is the one to use (--url or BALLAST_URL).';
  return new CliError(`Cannot reach ${address.url} (${reason}). ${advice}`, { cause: error });
}

function refusal(address: AdminAddress, response: Response, answer: unknown): CliError {
  const { detail, faults } = readProblem(answer);
  if (response.status === 401) {
    return new CliError(
      `The token was refused (401). Give one of admin.tokens of ${address.url} with --token or BALLAST_TOKEN.`,
    );
  }
  if (detail === undefined) return notBallast(address, `HTTP ${response.status}`);
  const scope = response.status === 403 ? ' (403: a token with a larger scope is needed)' : '';
  const text = [`${detail}${scope}`, ...faults.map((fault) => `  ${fault}`)].join('\n');
  return new CliError(text, { status: response.status });
}

function notBallast(address: AdminAddress, what: string): CliError {
  const advice = 'With adminListen set, the admin API answers only there.';
  return new CliError(`${address.url} answers, but not as the admin API of Ballast (${what}). ${advice}`);
}

function readProblem(answer: unknown): { detail: string | undefined; faults: readonly string[] } {
  if (typeof answer !== 'object' || answer === null) return { detail: undefined, faults: [] };
  const detail: unknown = Reflect.get(answer, 'detail') ?? Reflect.get(answer, 'title');
  const errors: unknown = Reflect.get(answer, 'errors');
  return {
    detail: typeof detail === 'string' ? detail : undefined,
    faults: Array.isArray(errors) ? errors.map(String) : [],
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
