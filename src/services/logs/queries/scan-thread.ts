import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ScanOrder, ScanReply, ScanStart } from './protocol.ts';

/** Memory that one query may have: what it may hold by its own count, twice, and room to work. */
const memory = { maxOldGenerationSizeMb: 320, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/** A thread that runs a query, until it is ended. */
export interface ScanThread {
  send(order: ScanOrder): void;
  end(): Promise<void>;
}

export interface ScanThreadEvents {
  replied(reply: ScanReply): void;
  /** It is gone, by itself. */
  died(cause: unknown): void;
}

/** Starts a worker thread. */
export function startScanThread(start: ScanStart, events: ScanThreadEvents): ScanThread {
  // Beside this file lies worker.ts in the source tree, and worker.js in a built package.
  const script = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(script, { workerData: start, execArgv: [], env: codeCache(), resourceLimits: memory });
  let isOver = false;
  const die = (cause: unknown) => {
    if (isOver) return;
    isOver = true;
    events.died(cause);
  };
  worker.on('message', (reply: ScanReply) => {
    if (!isOver) events.replied(reply);
  });
  worker.on('error', die);
  worker.on('exit', (code) => die(new Error(`the thread ended with ${code}`)));
  return {
    send: (order) => worker.postMessage(order),
    end: async () => {
      isOver = true;
      await worker.terminate();
    },
  };
}

/** A worker keeps no compiled code unless told where. */
function codeCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
