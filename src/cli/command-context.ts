import type { AdminClient } from './admin-client.js';
import type { Programs } from './programs.js';
import type { Terminal } from './terminal.js';

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly programs: Programs;
  /** `--json` was given. */
  readonly isJson: () => boolean;
  /** The client of the balancer named by --url and --token or their variables. Throws CliError when there is no token. */
  readonly connect: () => AdminClient;
  /** Ends the command with this exit code; 0 when never called. */
  readonly exitWith: (code: number) => void;
}

/** Prints an answer: as JSON where that was asked for, else as text for a person. */
export function printAnswer(context: CommandContext, answer: unknown, toText: () => string): void {
  context.terminal.out(context.isJson() ? `${JSON.stringify(answer, undefined, 2)}\n` : toText());
}
