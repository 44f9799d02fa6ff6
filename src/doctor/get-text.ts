import { request, type Dispatcher } from 'undici';

/** A GET whose answer is a short text. */
export interface TextRequest {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Gets a text, whatever its status; throws undici's error, and an Error for an answer that is too long. */
export async function getText(
  given: TextRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const { url, dispatcher, headers = {}, maxBytes, signal } = given;
  const { statusCode, body } = await request(url, { dispatcher, headers, signal });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: statusCode, text: Buffer.concat(chunks).toString('utf8') };
}
