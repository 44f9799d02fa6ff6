import autocannon from 'autocannon';

/**
 * Requests per second of GETs on the given paths over 32 connections. Throws when an answer is missing or has
 * another status: a fast error is no throughput.
 */
export async function requestsPerSecond(
  url: string,
  paths: readonly string[],
  options: { readonly seconds: number; readonly status: 200 | 302 },
): Promise<number> {
  const result = await autocannon({
    url,
    connections: 32,
    duration: options.seconds,
    requests: paths.map((path) => ({ method: 'GET' as const, path })),
  });
  const good = options.status === 200 ? result['2xx'] : result['3xx'];
  const others = result['1xx'] + result['2xx'] + result['3xx'] + result['4xx'] + result['5xx'] - good;
  if (result.errors > 0 || others > 0 || good === 0) {
    throw new Error(`${url}: ${result.errors} errors, ${others} answers with another status, ${good} good`);
  }
  return good / result.duration;
}

/** One GET whose body must hold `text`: proves before the measuring that the answers are the right ones. */
export async function expectAnswer(url: string, text: string): Promise<void> {
  const response = await fetch(url, { redirect: 'manual' });
  const body = `${response.headers.get('location') ?? ''}${await response.text()}`;
  if (!body.includes(text)) throw new Error(`${url} answered ${response.status}: ${body.slice(0, 500)}`);
}
