import { parentPort } from 'node:worker_threads';
import { type CompareTask, runTask } from './compare-task.js';

// One task a message, its results a message back: the other end is compare.ts.
parentPort?.on('message', (task: CompareTask) => {
  parentPort?.postMessage(runTask(task));
});
