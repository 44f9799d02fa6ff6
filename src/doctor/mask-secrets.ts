/** A shorter one could be a word of the report; no server or front end should have such a secret. */
const MIN_LENGTH = 8;

/**
 * A copy of a report in which each known secret that slipped into a text is `***`: the net behind the rule that none is
 * written at all, since engines and servers are quoted in their own words.
 */
export function maskSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  const long = [...new Set(secrets)].filter((secret) => secret.length >= MIN_LENGTH);
  // The longest first: one may be the beginning of another.
  long.sort((a, b) => b.length - a.length);
  return masked(value, long) as Value;
}

function masked(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), value);
  }
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, secrets)]));
}
