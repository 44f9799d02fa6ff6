import { Readable } from 'node:stream';
import type { BbbAnswer } from './bbb-answer.js';
import type { StreamedBody } from './bbb-request.js';
import type { Exchange } from './exchange.js';

/**
 * Sends a body while it arrives, no faster than the server takes it; each piece begins the time limit anew. Throws what the
 * body's own source throws, else the exchange's UpstreamError.
 */
export async function sendStream(
  { chunks }: StreamedBody,
  exchange: Exchange,
  send: (body: Readable) => void,
): Promise<BbbAnswer> {
  const faults: unknown[] = [];
  async function* watched(): AsyncGenerator<Buffer, void, void> {
    try {
      for await (const chunk of chunks) {
        exchange.touch();
        yield chunk;
      }
    } catch (error) {
      faults.push(error);
      throw error;
    }
  }
  const body = Readable.from(watched(), { objectMode: false });
  // undici listens while it sends; what comes later must not end the process.
  body.on('error', () => undefined);
  try {
    send(body);
    return await exchange.done;
  } catch (error) {
    throw faults.length > 0 ? faults[0] : error;
  } finally {
    body.destroy();
  }
}
