import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Exchanges, Reply, ThreadData } from './protocol.ts';

/** The main thread's end of the audit's thread: each question is answered once, also when the thread dies. */
export class AuditThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #note: (words: string) => void;
  readonly #exited = Promise.withResolvers<void>();
  #lastId = 0;
  #death: Error | undefined;

  constructor(data: ThreadData, note: (words: string) => void) {
    this.#note = note;
    // Beside this file lies worker.ts in the source tree, and worker.js in a built package.
    const script = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(script, { name: 'audit', workerData: data, execArgv: [], env: codeCache() });
    this.#worker.on('message', (reply: Reply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#die(`the audit's thread failed: ${String(error)}`));
    this.#worker.on('exit', () => {
      this.#die("the audit's thread has ended");
      this.#exited.resolve();
    });
  }

  /** Nothing is answered any more. */
  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /** Rejects with words of what the thread could not do. */
  ask<Kind extends keyof Exchanges>(kind: Kind, given: Exchanges[Kind]['given']): Promise<Exchanges[Kind]['answer']> {
    if (this.#death) return Promise.reject(this.#death);
    this.#lastId += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#lastId, waiting);
    this.#worker.postMessage({ id: this.#lastId, kind, given });
    return waiting.promise as Promise<Exchanges[Kind]['answer']>;
  }

  /** Resolves once the thread has let go of everything. */
  async close(): Promise<void> {
    if (!this.#death) await this.ask('close', undefined);
    await this.#exited.promise;
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'note') {
      this.#note(reply.words);
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'done') waiting?.resolve(reply.answer);
    else waiting?.reject(Object.assign(new Error(reply.words), { code: reply.code }));
  }

  #die(words: string): void {
    this.#death ??= new Error(words);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#death);
    this.#waiting.clear();
  }
}

/** The thread keeps compiled code where the process does. */
function codeCache(): Record<string, string> {
  const directory = getCompileCacheDir();
  // The directory that Node makes in it is named for its version.
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
