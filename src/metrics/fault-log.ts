import type { Logger } from '../log.js';
import type { SampleFault } from './load-table.js';

/** Logs what was left out of the samples when it begins and when it ends, not each round. */
export class FaultLog {
  readonly #logger: Logger;
  #known = new Map<string, SampleFault>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Takes the faults of the newest table. */
  update(faults: readonly SampleFault[]): void {
    const present = new Map(faults.map((fault) => [`${fault.kind} ${fault.serverId ?? ''}`, fault]));
    for (const [key, { serverId, kind, message }] of present) {
      if (!this.#known.has(key)) this.#logger.warn('samples left out', { serverId, kind, fault: message });
    }
    for (const [key, { serverId, kind }] of this.#known) {
      if (!present.has(key)) this.#logger.info('samples are right again', { serverId, kind });
    }
    this.#known = present;
  }
}
