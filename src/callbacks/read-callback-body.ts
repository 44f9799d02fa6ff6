import type { IncomingMessage } from 'node:http';

/** A server that sends its callback slower than this holds a socket for nothing. */
const READ_WITHIN_MS = 30_000;

/** The whole body; `too-large` above the limit (the rest is not read), `broken` when it does not come to its end. */
export async function readCallbackBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | 'too-large' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  return await new Promise((resolve) => {
    const end = (result: Buffer | 'too-large' | 'broken'): void => {
      clearTimeout(timer);
      request.off('data', take);
      resolve(result);
    };
    const timer = setTimeout(end, READ_WITHIN_MS, 'broken');
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) end('too-large');
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => {
      end(Buffer.concat(chunks));
    });
    request.once('error', () => {
      end('broken');
    });
    request.once('close', () => {
      end('broken');
    });
  });
}
