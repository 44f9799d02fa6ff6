const TIMEOUT_MS = 15_000;

export interface EngineRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks an engine something and gives the text of its answer. Throws with that text when it is not a 2xx. */
export async function engineRequest({
  url,
  method = 'GET',
  headers = {},
  body,
}: EngineRequest): Promise<string> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${text.slice(0, 500)}`);
  return text;
}
