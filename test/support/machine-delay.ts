import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Between two samples, in milliseconds; what is measured contains it. */
const resolution = 10;

const program = `
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const { parentPort } = require('node:worker_threads');
  const delay = monitorEventLoopDelay({ resolution: ${resolution} });
  delay.enable();
  parentPort.on('message', () => {
    parentPort.postMessage(Math.max(0, delay.percentile(99) / 1e6 - ${resolution}));
    delay.reset();
  });
`;

/**
 * How late the machine itself is: the event loop's delay of a thread that does nothing. Where more runs than there are
 * cores, every process waits its turn for this long, and no server can be faster.
 */
export class MachineDelay {
  readonly #worker = new Worker(program, { eval: true });

  /** The 99th percentile since the last call, in milliseconds. */
  async p99(): Promise<number> {
    this.#worker.postMessage('measure');
    const [delay] = await once(this.#worker, 'message');
    return delay;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
