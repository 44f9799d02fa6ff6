import { SourceError } from '../../src/metrics/source-error.js';
import type { SampleSource } from '../../src/metrics/load-table.js';

/** What a source says of itself that cannot be read; closes it. Throws when it can be read after all. */
export async function failureOf(
  source: SampleSource,
  signal = AbortSignal.timeout(10_000),
): Promise<SourceError> {
  try {
    await source.read([{ serverId: 'bbb1', host: 'h1' }], signal);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  } finally {
    await source.close?.();
  }
  throw new Error('the source could be read');
}
