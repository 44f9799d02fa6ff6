import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A reference process and the base URLs (`http://127.0.0.1:PORT`) it answers on. */
export interface Reference {
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/** Runs `bench/reference/NAME.ts` in its own process until stopped; throws when it ends before it is ready. */
export async function startReference(name: 'canned-bbb' | 'bare-proxy', options: object): Promise<Reference> {
  const child = fork(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx'],
  });
  const exited = once(child, 'exit');
  const ready = once(child, 'message') as Promise<[{ ports: number[] }]>;
  const failed = exited.then(([code]): never => {
    throw new Error(`the reference ${name} ended with code ${String(code)} before it was ready`);
  });
  failed.catch(() => undefined);
  const [{ ports }] = await Promise.race([ready, failed]);
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
