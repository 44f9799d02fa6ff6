/** A command could not do what was asked; the message tells the person what to do. Exit 1: failed, 2: wrong usage. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { readonly exitCode?: 1 | 2; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** An error as a person reads it: one line with its causes, never a stack. Lists of faults keep their lines. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CliError || 'faults' in error) return error.message;
  const messages: string[] = [];
  for (let at: unknown = error; at instanceof Error && messages.length < 5; at = at.cause) {
    const message = adviseOn(at) ?? at.message;
    // A wrapper often quotes its cause already.
    if (message !== '' && !messages.some((known) => known.includes(message))) messages.push(message);
  }
  return (messages.length === 0 ? error.name : messages.join(': ')).replace(/\s*\n\s*/g, ' ');
}

function adviseOn(error: Error): string | undefined {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === undefined || address === undefined || port === undefined) return undefined;
  const place = `${address}:${port}`;
  if (code === 'EADDRINUSE')
    return `${place} is in use by another process; stop it, or set another listen.port`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is no address of this host; set listen.host (0.0.0.0 for all)`;
  if (code === 'EACCES') return `this user may not listen on ${place}; take a port above 1023`;
  return undefined;
}
