import { request } from 'undici';
import { checksumOf, type SimChecksumAlgorithm } from '../../src/sim/checksum.js';

/** What to send besides the query. */
export interface SimClientRequest {
  readonly method?: 'GET' | 'POST';
  readonly algorithm?: SimChecksumAlgorithm;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** An answer, read to its end. */
export interface SimClientAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Signs and sends one call to `url` (an API root), as a front end does; redirects are not followed. */
export async function callBbb(
  { url, secret }: { readonly url: string; readonly secret: string },
  call: string,
  query = '',
  options: SimClientRequest = {},
): Promise<SimClientAnswer> {
  const checksum = checksumOf(options.algorithm ?? 'sha256', call, query, secret);
  return rawRequest(`${url}/${call}?${query}${query === '' ? '' : '&'}checksum=${checksum}`, options);
}

/** Sends a request as it is. */
export async function rawRequest(target: string, options: SimClientRequest = {}): Promise<SimClientAnswer> {
  const { statusCode, headers, body } = await request(target, {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: options.headers ?? {},
    body: options.body ?? null,
    signal: options.signal ?? AbortSignal.timeout(5_000),
  });
  return { status: statusCode, headers, text: await body.text() };
}

/** The text of the first element of that name; `undefined` when it is absent or empty without a pair of tags. */
export function elementText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
