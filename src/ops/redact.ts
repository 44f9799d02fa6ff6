const MASK = '***';
const SECRET_NAME =
  /secret|token|passw(?:or)?d|checksum|authori[sz]ation|cookie|api-?key|^(?:attendee|moderator)pw$|^pw$/i;
// Names that merely count or describe: hiding them would only blind whoever reads the log.
const HARMLESS_NAME = /(?:count|name|scope|kind)$/i;
const SECRET_IN_TEXT =
  /\b((?:[a-z_-]*(?:secret|token|password|passwd|checksum)|attendeePW|moderatorPW|authorization)["']?\s*[=:]\s*["']?)(?:(?:bearer|token|basic)\s+)?[^\s&"',;<>#)}\]]+/gi;
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*:[^\s/?#]*@/gi;
const BEARER = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi;
const MAX_DEPTH = 6;
const MAX_TEXT = 16 * 1024;

/** Masks what looks like a secret inside a text: `checksum=…`, `password: …`, `Bearer …`, `user:password@host`. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return bounded
    .replace(SECRET_IN_TEXT, `$1${MASK}`)
    .replace(BEARER, `$1 ${MASK}`)
    .replace(USER_INFO, `$1${MASK}@`);
}

/**
 * A copy of a log field fit for printing: masked by name and by content, errors as their message with causes,
 * bounded in depth and length. The safety net behind the rule that no secret is logged at all.
 */
export function redactValue(value: unknown, name = '', depth = 0): unknown {
  if (value === undefined || value === null) return value;
  if (SECRET_NAME.test(name) && !HARMLESS_NAME.test(name)) return MASK;
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      return `[${typeof value}]`;
  }
  if (value instanceof Error) return redactText(describeError(value));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[…]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactValue(item, '', depth + 1));
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([key, item]) => [key, redactValue(item, key, depth + 1)]),
  );
}

/** An error as one line: its message and those of its causes, outermost first. */
export function describeError(error: Error): string {
  const parts: string[] = [];
  let current: unknown = error;
  // Causes may form a circle; five tell enough.
  while (current instanceof Error && parts.length < 5) {
    const code = 'code' in current && typeof current.code === 'string' ? ` (${current.code})` : '';
    parts.push(
      `${current.message || current.name}${current.message.includes(code.slice(2, -1)) ? '' : code}`,
    );
    current = current.cause;
  }
  return parts.join(': ');
}
