import { SourceError, type SourceErrorReason } from '../metrics/source-error.js';
import type { Words } from './upstream-words.js';

/** What answers anybody, where that is not InfluxDB's /ping. */
const PROBES: Readonly<Record<string, string>> = { 'metrics.prometheus': '/-/ready' };

/** What to do about each reason; `group` is the part of the configuration that names the source. */
const ADVICE: Readonly<Record<SourceErrorReason, (group: string) => string>> = {
  unreachable: (group) =>
    `is it running, and is ${group}.url right? Try from here: curl -i URL${PROBES[group] ?? '/ping'}`,
  timeout: (group) => `is it overloaded, or does a firewall drop what comes from here? ${group}.url names it`,
  'wrong-token': (group) =>
    `give ${group} a token${group === 'metrics.influxql' ? ' (or user and password)' : ''} that may read there`,
  'wrong-org': (group) => `set ${group}.org to one that exists there: \`influx org list\``,
  'wrong-bucket': (group) =>
    `set ${group}.bucket to the one Telegraf writes to (\`influx bucket list\`), and let the token read it`,
  'wrong-database': (group) => `set ${group}.database to the one Telegraf writes to: SHOW DATABASES`,
  refused: (group) => `its own words say why; ${group} says what it is asked`,
  'bad-answer': (group) => `is ${group}.url the source itself, with no login page or other site in between?`,
  'too-large': () => 'something else writes great numbers of series there: give Telegraf a bucket of its own',
};

/** What is wrong with a source that gave no samples. `timeoutMs` is how long it was waited for, where that was too short. */
export function sourceWords(name: string, error: unknown, timeoutMs: number | undefined): Words {
  const reason =
    timeoutMs !== undefined ? 'timeout' : error instanceof SourceError ? error.reason : 'refused';
  const advice = withRest(ADVICE[reason](`metrics.${name}`));
  if (timeoutMs !== undefined)
    return { message: `${name} gave no answer within ${timeoutMs / 1000} s`, advice };
  return { message: `${name} cannot be read: ${describe(error)}`, advice };
}

function withRest(advice: string): string {
  return `${advice}${advice.endsWith('?') ? ' U' : '; u'}ntil it answers, placement goes by attendees`;
}

/** The message with those of its causes that say more, as one line. */
function describe(error: unknown): string {
  if (error instanceof SourceError) return error.message;
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 3; at = at.cause) {
    const { message } = at;
    if (message !== '' && !parts.some((part) => part.includes(message))) parts.push(message);
  }
  return parts.length === 0 ? 'it does not say why' : parts.join(': ').replace(/\s+/g, ' ');
}
