import { type ChildProcess, spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { TaskId } from '../../core/ids.ts';
import { Shortage } from '../shortage.ts';
import type { ForwarderArguments, ForwarderOrder, ForwarderWord } from './forwarder-words.ts';

/** Compiled by rewriting imports alone, so this file's own ending says what the forwarder's is. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './forwarder.ts' : './forwarder.js', import.meta.url),
);

/** Small heap: it holds what is on its way alone. */
const flags = ['--max-semi-space-size=1', '--max-old-space-size=64', '--disable-warning=ExperimentalWarning'];

/** A forwarder that was started, from the side of who started it. */
export class ForwarderProcess {
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<void>();
  readonly #serving = new Map<TaskId, PromiseWithResolvers<void>>();
  #hasEnded = false;

  /** `codeCache` is a directory of compiled code; `onEnd` is called when it has ended, by `end` or not. */
  constructor(options: ForwarderArguments, codeCache: string, onEnd: () => void) {
    this.#child = spawn(process.execPath, [...flags, program, JSON.stringify(options)], {
      // Its errors are for the log of who started it.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { NODE_COMPILE_CACHE: codeCache },
    });
    this.#ready.promise.catch(() => {}); // told to whoever waits for it, now or later
    const ended = (why: string) => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      const error = new Shortage(`the forwarder to the listener for jobs ended: ${why}`);
      for (const waiting of [this.#ready, ...this.#serving.values()]) waiting.reject(error);
      onEnd();
    };
    this.#child.once('error', (error) => ended(error.message));
    this.#child.once('exit', (code, signal) => ended(`${signal ?? code}`));
    this.#child.on('message', (word: ForwarderWord) => this.#hear(word));
  }

  /** Hands it a socket in the network of a node, and waits until it serves. Rejects with `Shortage` if it ends before. */
  async serve(node: TaskId, server: Server, port: number): Promise<void> {
    await this.#ready.promise;
    const serving = Promise.withResolvers<void>();
    this.#serving.set(node, serving);
    this.#tell({ kind: 'serve', node, port }, server);
    await serving.promise.finally(() => this.#serving.delete(node));
  }

  endNode(node: TaskId): void {
    this.#tell({ kind: 'end', node });
  }

  end(): void {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
  }

  #hear(word: ForwarderWord): void {
    switch (word.kind) {
      case 'ready':
        this.#ready.resolve();
        return;
      case 'serving':
        this.#serving.get(word.node)?.resolve();
        return;
      default:
        word satisfies never;
    }
  }

  /** It may have ended just now, of which its end tells. */
  #tell(order: ForwarderOrder, server?: Server): void {
    if (this.#child.connected) this.#child.send(order, server, undefined, () => {});
  }
}
