import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Held by one builder at a time, whatever process it is in. */
export interface BuilderLock {
  release(): Promise<void>;
}

/**
 * Waits until no other process holds the lock on `file`. `flock` holds it in a child that ends with us, so that a
 * builder that was killed leaves none behind.
 */
export async function takeBuilderLock(file: string, timeoutMs: number): Promise<BuilderLock> {
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const child = spawn(
    'flock',
    ['--exclusive', '--timeout', seconds, file, 'sh', '-c', 'echo held; exec cat'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  child.stdin.on('error', () => undefined);
  const isHeld = await new Promise<boolean>((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error('flock (package util-linux) cannot be run', { cause }));
    });
    child.stdout.once('data', () => {
      resolve(true);
    });
    child.once('close', () => {
      resolve(false);
    });
  });
  if (!isHeld) throw new Error(`another process has held ${file} for ${seconds} s`);
  return {
    release: async () => {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
