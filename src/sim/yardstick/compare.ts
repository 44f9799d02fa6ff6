import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type CompareTask, dayKindOf, ruleKindOf, runTask } from './compare-task.js';
import type { DayResult } from './day-result.js';

export interface CompareOptions {
  /** Names of kinds of day and of rules, as in their registries. */
  readonly days: readonly string[];
  readonly rules: readonly string[];
  readonly seeds: readonly number[];
  /** Threads; default as many as there are cores, 0 runs everything in this one. */
  readonly workers?: number;
  readonly keepCpu?: boolean;
  /** Told after each day and seed. */
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Every rule on every day and seed, in that order (day, seed, rule), whatever the number of threads. Throws for names that
 * there are not, for what a rule throws, and when aborted.
 */
export async function compare(options: CompareOptions): Promise<readonly DayResult[]> {
  const { days, rules, seeds, keepCpu = false, onProgress, signal } = options;
  days.forEach(dayKindOf);
  rules.forEach(ruleKindOf);
  const tasks = days.flatMap((day) => seeds.map((seed): CompareTask => ({ day, seed, rules, keepCpu })));
  const results = tasks.map((): readonly DayResult[] => []);
  let [next, done] = [0, 0];
  const work = async (run: (task: CompareTask) => Promise<readonly DayResult[]>): Promise<void> => {
    for (let task = tasks[next]; task; task = tasks[next]) {
      const index = next++;
      signal?.throwIfAborted();
      results[index] = await run(task);
      onProgress?.((done += 1), tasks.length);
    }
  };
  const threads = Math.min(options.workers ?? availableParallelism(), tasks.length);
  if (threads === 0) await work((task) => Promise.resolve(runTask(task)));
  else await withWorkers(threads, signal, (runners) => Promise.all(runners.map(work)));
  return results.flat();
}

type Runner = (task: CompareTask) => Promise<readonly DayResult[]>;

async function withWorkers(
  count: number,
  signal: AbortSignal | undefined,
  use: (runners: readonly Runner[]) => Promise<unknown>,
): Promise<void> {
  const workers = Array.from({ length: count }, startWorker);
  try {
    await use(
      workers.map((worker) => async (task) => {
        // An error in the worker, and the abort, reject this.
        const answer = once(worker, 'message', { ...(signal && { signal }) });
        worker.postMessage(task);
        const [results] = (await answer) as [readonly DayResult[]];
        return results;
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** From sources (tsx) the worker is a .ts file, and needs tsx itself: Node 20 does not hand its loader on to threads. */
function startWorker(): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  if (!isSource) return new Worker(new URL('./compare-worker.js', import.meta.url));
  const file = new URL('./compare-worker.ts', import.meta.url).href;
  const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(file)}); });`;
  return new Worker(start, { eval: true });
}
