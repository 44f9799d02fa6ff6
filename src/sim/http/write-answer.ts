import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { failed, htmlAnswer, type SimAnswer } from '../calls/sim-call.js';
import type { Fault } from './faults.js';

/** Writes an answer; errors become JSON for clients that prefer it and also allow anything, as Grails has it. */
export function writeAnswer(request: IncomingMessage, reply: ServerResponse, answer: SimAnswer): void {
  if (answer.failure && prefersJson(request.headers.accept)) {
    const { key, text } = answer.failure;
    const body = JSON.stringify({ response: { returncode: 'FAILED', messageKey: key, message: text } });
    send(reply, {
      ...answer,
      headers: { ...answer.headers, 'Content-Type': 'application/json;charset=utf-8' },
      body,
    });
    return;
  }
  send(reply, answer);
}

/** Lets a fault befall a request. `carryOut` makes the right answer, with all effects of the call. */
export async function writeFaulty(
  request: IncomingMessage,
  reply: ServerResponse,
  fault: Fault,
  carryOut: () => Promise<SimAnswer>,
  signal: AbortSignal,
): Promise<void> {
  const isCarriedOut = fault.isCarriedOut === true;
  if (fault.kind === 'slow') {
    const early = isCarriedOut ? await carryOut() : undefined;
    await delay(fault.delayMs, undefined, { signal });
    writeAnswer(request, reply, early ?? (await carryOut()));
    return;
  }
  const right = isCarriedOut || fault.kind === 'cut' || fault.kind === 'abort' ? await carryOut() : undefined;
  // A hanging server leaves the request's body unread, a broken connection needs none; everything else reads it.
  if (fault.kind === 'hang') return;
  if (fault.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  request.resume();
  const whole = Buffer.from(right?.body ?? '');
  if (fault.kind === 'abort') {
    reply.writeHead(200, { 'Content-Type': 'text/xml;charset=utf-8', 'Content-Length': whole.length });
    reply.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => request.socket.resetAndDestroy());
    return;
  }
  if (fault.kind === 'flood') {
    await flood(reply, fault.bytes, signal);
    return;
  }
  send(
    reply,
    fault.kind === 'cut' && right
      ? { ...right, body: whole.subarray(0, Math.ceil(whole.length / 2)) }
      : wrongAnswer(fault),
  );
}

function wrongAnswer(fault: Fault): SimAnswer {
  switch (fault.kind) {
    case 'status':
      return htmlAnswer(fault.status, `${fault.status} Error`);
    case 'html':
      return htmlAnswer(200, 'Welcome to nginx!');
    case 'wrongSecret':
      return failed({ key: 'checksumError', text: 'Checksums do not match' });
    case 'failed':
      return failed({ key: fault.key, text: fault.text ?? 'The simulated server was told to refuse this.' });
    default:
      return { status: 200, headers: { 'Content-Type': 'text/xml;charset=utf-8' }, body: randomBytes(512) };
  }
}

/** XML without an end: what a client without a limit would drown in. */
async function flood(reply: ServerResponse, bytes: number, signal: AbortSignal): Promise<void> {
  const piece = Buffer.from('<meeting><meetingName>flood</meetingName></meeting>\n'.repeat(1_000));
  reply.writeHead(200, { 'Content-Type': 'text/xml;charset=utf-8' });
  reply.write('<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n');
  for (let sent = 0; sent < bytes && !reply.destroyed; sent += piece.length) {
    if (signal.aborted) return;
    if (reply.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        reply.off('drain', done).off('close', done);
        resolve();
      };
      reply.on('drain', done).on('close', done);
    });
  }
  if (!reply.destroyed) reply.end();
}

function send(reply: ServerResponse, answer: SimAnswer): void {
  if (reply.destroyed) return;
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  reply.writeHead(answer.status, { ...answer.headers, 'Content-Length': body.length });
  reply.end(body);
}

function prefersJson(accept: string | undefined): boolean {
  if (!accept?.includes('*/*')) return false;
  const json = accept.indexOf('application/json');
  const xml = accept.search(/(text|application)\/xml/);
  return json >= 0 && (xml < 0 || json < xml);
}
