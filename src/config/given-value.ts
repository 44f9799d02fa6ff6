import type { ConfigFault } from './config-error.js';
import type { Setting } from './setting.js';

/** A value somebody gave to a setting, before it is checked. */
export interface GivenValue {
  readonly raw: unknown;
  /** `file /etc/ballast.yaml` or `environment BALLAST_STORE`. */
  readonly origin: string;
  /** The value is the path of a file that holds it (`…File`). */
  readonly isPath: boolean;
  /** Relative `…File` paths start here. */
  readonly directory: string;
  /** `${VAR}` is replaced: in files; an environment variable is taken as it is. */
  readonly expands: boolean;
}

/** What was given, by key, and what was wrong with the way it was given. */
export interface Collected {
  readonly given: Map<string, GivenValue>;
  readonly faults: ConfigFault[];
  readonly warnings: string[];
}

/** A value as a fault prints it: short, `***` for secrets, without the password of a URL. */
export function showValue(setting: Pick<Setting<unknown>, 'isSecret'> | undefined, raw: unknown): string {
  if (setting?.isSecret === true) return '***';
  const text = raw === undefined ? 'nothing' : JSON.stringify(raw).replace(/\/\/[^/@\s"]*@/g, '//***@');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
