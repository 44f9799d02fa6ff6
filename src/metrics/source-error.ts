/** Why a source gave no samples; the keeper logs each change of it, `ballast doctor` prints it. */
export type SourceErrorReason =
  | 'unreachable'
  | 'timeout'
  | 'wrong-token'
  | 'wrong-org'
  | 'wrong-bucket'
  | 'wrong-database'
  | 'refused'
  | 'bad-answer'
  | 'too-large';

/** A source that gave no samples; the message is for an operator: what is wrong and, quoted, the source's own words. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly reason: SourceErrorReason;

  constructor(reason: SourceErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const MAX_QUOTED = 200;

/** Words of others as one short quoted line; what is in `secrets` shows as `***`. */
export function quoted(words: string, secrets: readonly string[] = []): string {
  // An answer may hold megabytes: only its beginning is looked at, with room for a secret cut in two.
  let line = words.slice(0, 4 * MAX_QUOTED);
  for (const secret of secrets) if (secret !== '') line = line.replaceAll(secret, '***');
  line = line.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return `"${line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line}"`;
}
