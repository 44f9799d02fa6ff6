import type { z } from 'zod';
import { SourceError } from './source-error.js';
import type { SourceAnswer } from './source-http.js';

/** Who answered, and how its words may be shown. */
interface Speaker {
  readonly where: string;
  quote(words: string): string;
}

/** Throws SourceError unless the answer is of the kind that was asked for: a proxy's page says what it is. */
export function requireType(answer: SourceAnswer, kind: string, type: RegExp, speaker: Speaker): void {
  if (type.test(answer.contentType) && !/^\s*</.test(answer.text)) return;
  const given = /^\s*</.test(answer.text) ? 'HTML' : `"${answer.contentType.slice(0, 60)}"`;
  const words = speaker.quote(answer.text);
  throw new SourceError(
    'bad-answer',
    `${speaker.where} answered ${answer.status} with ${given} instead of ${kind}: ${words}; is the URL right?`,
  );
}

/** The answer as JSON of that shape. Throws SourceError when it is something else or ends half-way. */
export function readJson<Value>(answer: SourceAnswer, schema: z.ZodType<Value>, speaker: Speaker): Value {
  requireType(answer, 'JSON', /json/, speaker);
  let value: unknown;
  try {
    value = JSON.parse(answer.text);
  } catch (error) {
    const words = speaker.quote(answer.text.slice(-60));
    const message = `the answer of ${speaker.where} is no whole JSON, it ends with ${words}`;
    throw new SourceError('bad-answer', message, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const words = speaker.quote(answer.text);
  const message = `${speaker.where} answered ${answer.status} with JSON of another shape: ${words}`;
  throw new SourceError('bad-answer', message, { cause: parsed.error });
}

/** Whether the answer says that one may not; what stands in front of an engine says so as well. */
export function isDenied({ status }: SourceAnswer): boolean {
  return status === 401 || status === 403;
}

/** The words of an answer that denies, quoted: a gate in front of the engine says them in plain text or as a page. */
export function denialWords(
  answer: SourceAnswer,
  schema: z.ZodType<string>,
  speaker: Pick<Speaker, 'quote'>,
): string {
  const said = schema.safeParse(jsonOf(answer.text)).data ?? '';
  return speaker.quote(said || answer.text.trim() || `HTTP ${answer.status}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
