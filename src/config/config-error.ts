/** One thing wrong with the configuration. */
export interface ConfigFault {
  /** Key as in the file, `poll.offlineAfter`, with the place in a list where it applies. */
  readonly key: string;
  /** The value given, as text; `***` for secrets; `undefined` when nothing was given. */
  readonly given: string | undefined;
  /** What is allowed, or what to do. */
  readonly allowed: string;
  /** Where the value came from: `file /etc/ballast.yaml`, `environment BALLAST_STORE`, `default`. */
  readonly origin: string;
}

/** Thrown by `loadConfig` with every fault at once; the message is one line a fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(
      `The configuration has ${count}:\n${faults.map((fault) => `  ${describeFault(fault)}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** A fault as one line: key, value given, origin, what is allowed. */
export function describeFault(fault: ConfigFault): string {
  const given = fault.given === undefined ? 'nothing given' : `given ${fault.given}`;
  return `${fault.key}: ${given} (${fault.origin}); ${fault.allowed}`;
}
