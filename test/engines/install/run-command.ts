import { spawn } from 'node:child_process';

const KEPT_LINES = 40;
const KEPT_CHARACTERS = 200_000;

export interface CommandOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number;
}

/** Runs a command to its end and gives what it printed (both streams). Throws with its last 40 lines when it fails. */
export async function runCommand({ command, args, cwd, env, timeoutMs }: CommandOptions): Promise<string> {
  let output = '';
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
    });
  }
  const end = await new Promise<string>((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error(`${command} cannot be run`, { cause }));
    });
    child.once('close', (code, signal) => {
      resolve(signal === null ? `exit code ${String(code)}` : `${signal} (time limit ${timeoutMs / 1000} s)`);
    });
  });
  if (end !== 'exit code 0') {
    const told = output.trimEnd().split('\n').slice(-KEPT_LINES).join('\n');
    throw new Error(`${command} ${args.slice(0, 2).join(' ')} ended with ${end}:\n${told}`);
  }
  return output;
}
