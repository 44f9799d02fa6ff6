import { ClusterError } from '../admin/cluster-faults.js';
import { ConfigError } from '../config/config-error.js';
import { describeSystemError } from '../config/read-config-file.js';

/** A command could not do what was asked; the message tells the person what to do. Exit 1: failed, 2: wrong usage. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: 1 | 2;
  /** HTTP status of the refusal, where a balancer refused. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: { readonly exitCode?: 1 | 2; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
    this.status = options.status;
  }
}

/** An error as a person reads it: one line with its causes, never a stack. Lists of faults take one line each. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CliError || error instanceof ConfigError) return error.message;
  if (error instanceof ClusterError) {
    return ['The cluster file cannot be applied:', ...error.shown.map((fault) => `  ${fault}`)].join('\n');
  }
  let text = adviseOn(error) ?? (error.message === '' ? error.name : error.message);
  let at: unknown = error.cause;
  for (let depth = 0; at instanceof Error && depth < 4; depth++) {
    text = withCause(text, at);
    at = at.cause;
  }
  return text.replace(/\s*\n\s*/g, ' ');
}

/** The message of a system error repeats paths and calls that its wrapper has said in better words: its code is enough. */
function withCause(text: string, cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException;
  const addition = typeof code === 'string' ? describeSystemError(cause, code) : cause.message;
  if (addition === '' || text.includes(addition) || text.includes(code ?? addition)) return text;
  const start = text.replace(/\.$/, '');
  return typeof code === 'string' ? `${start} (${addition})` : `${start}: ${addition}`;
}

function adviseOn(error: Error): string | undefined {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code !== 'EADDRINUSE' || address === undefined || port === undefined) return undefined;
  return `${address}:${port} is in use by another process; stop it, or take another port`;
}
