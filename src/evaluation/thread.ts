import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Evaluation } from '../asl/index.ts';
import type { WorkerReply } from './protocol.ts';

/** Memory that one thread may have: many times what an honest evaluation of 256 KiB takes. */
const memory = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/** What a thread tells. */
export interface ThreadEvents {
  ready(): void;
  replied(reply: Exclude<WorkerReply, { kind: 'ready' }>): void;
  /** It is gone, by itself. */
  died(cause: unknown): void;
}

/** A worker thread that evaluates. */
export class EvaluationThread {
  readonly #worker: Worker;
  readonly #position = new Int32Array(new SharedArrayBuffer(4));
  #isOver = false;

  constructor(events: ThreadEvents) {
    // Beside this file lies worker.ts in the source tree, and worker.js in a built package.
    const script = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    const workerData = { position: this.#position };
    this.#worker = new Worker(script, { workerData, execArgv: [], env: codeCache(), resourceLimits: memory });
    this.#worker.on('message', (reply: WorkerReply) => {
      if (this.#isOver) return;
      if (reply.kind === 'ready') events.ready();
      else events.replied(reply);
    });
    const die = (cause: unknown) => {
      if (this.#isOver) return;
      this.#isOver = true;
      events.died(cause);
    };
    this.#worker.on('error', die);
    this.#worker.on('exit', (code) => die(new Error(`the thread ended with ${code}`)));
  }

  /** Which expression of the evaluation is being worked on. */
  get position(): number {
    return Atomics.load(this.#position, 0);
  }

  send(evaluation: Evaluation): void {
    this.#worker.ref();
    this.#worker.postMessage(evaluation);
  }

  /** With nothing to do it does not keep the process alive. */
  rest(): void {
    this.#worker.unref();
  }

  /** Ends it, whatever it does; nothing is told any more. Resolves when it is gone: one call of the platform is not cut short. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#worker.terminate();
  }
}

/** A worker keeps no compiled code unless told where. */
function codeCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
