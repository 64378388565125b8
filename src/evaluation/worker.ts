import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { performEvaluation } from '../asl/evaluate/index.ts';
import type { Evaluation } from '../asl/index.ts';
import type { WorkerReply, WorkerStart } from './protocol.ts';

/** One thread of the pool: it performs an evaluation at a time, until it is told to end or made to. */
const { position } = workerData as WorkerStart;

// On Linux a priority is a thread's own: the main thread goes first where there are not processors for all. Only ever lower
// than the server's own, which may be low itself: to raise it takes a right.
if (process.platform === 'linux') setPriority(0, Math.min(getPriority(0) + 10, 19));

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message);
}

async function perform(evaluation: Evaluation): Promise<void> {
  Atomics.store(position, 0, 0);
  try {
    const result = await performEvaluation(evaluation, (at) => Atomics.store(position, 0, at));
    reply({ kind: 'done', result });
  } catch (error) {
    reply({ kind: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

parentPort?.on('message', (evaluation: Evaluation) => void perform(evaluation));
reply({ kind: 'ready' });
