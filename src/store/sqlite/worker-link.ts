import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CommitFailed } from '../../core/errors.ts';
import { Linked, LinkedList } from '../../core/linked-list.ts';
import type { BatchWriter } from '../commit-queue.ts';
import { StoreUnavailable } from '../open-error.ts';
import type { ReadInput, ReadName, ReadOutput } from '../reads.ts';
import type { Column } from './connection.ts';
import { damageOf } from './failure.ts';
import type { OpenRequest } from './open.ts';
import type { Opened, Reply, Request } from './protocol.ts';
import type { SqliteRead } from './read.ts';
import { reads } from './reads.ts';

/** A request that has not been answered. */
class Waiting extends Linked {
  readonly id: number;
  readonly answer = Promise.withResolvers<unknown>();

  constructor(id: number) {
    super();
    this.id = id;
  }
}

type Unnumbered<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

/** The main thread's end of the worker: numbered requests, each answered once, also when the worker dies. */
export class WorkerLink implements BatchWriter<Column> {
  readonly #worker: Worker;
  readonly #directory: string;
  /** In the order of asking, which is that of the answers but for backups. */
  readonly #waiting = new LinkedList<Waiting>();
  readonly #opened = Promise.withResolvers<Opened>();
  readonly #onNote: (words: string) => void;
  readonly #exited = Promise.withResolvers<void>();
  #lastId = 0;
  #death: CommitFailed | undefined;

  /** `onNote` hears, in words for the log, of what is not as it should be and stops nothing. */
  constructor(request: OpenRequest, onNote: (words: string) => void) {
    this.#onNote = onNote;
    this.#directory = request.directory;
    // Beside this file lies worker.ts in the source tree, and worker.js in a built package.
    const script = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    // The process's own flags are not the worker's: one such as --input-type would keep it from starting.
    this.#worker = new Worker(script, { workerData: request, execArgv: [], env: codeCache() });
    this.#worker.on('message', (reply: Reply) => this.#receive(reply));
    this.#worker.on('error', (cause) => this.#die(cause));
    this.#worker.on('exit', () => {
      this.#die(undefined);
      this.#exited.resolve();
    });
  }

  /** Rejects with `StoreUnavailable`, once the worker has let go of everything. */
  async opened(): Promise<Opened> {
    try {
      return await this.#opened.promise;
    } catch (error) {
      await this.#exited.promise;
      throw error;
    }
  }

  /** Takes the lead; answers with its epoch. Rejects with `CommitFailed`. */
  async takeLead(): Promise<number> {
    return (await this.#request({ kind: 'take-lead' })) as number;
  }

  async write(batch: readonly Column[]): Promise<void> {
    await this.#request({ kind: 'write', batch });
  }

  /** Rejects with `StoreUnavailable` if the database cannot be read. */
  async read<Name extends ReadName>(name: Name, ...input: ReadInput<Name>): Promise<ReadOutput<Name>> {
    const { decode }: SqliteRead<ReadInput<Name>, ReadOutput<Name>> = reads[name];
    try {
      return decode(await this.#request({ kind: 'read', name, input }), ...input);
    } catch (cause) {
      const words = damageOf(cause, this.#directory) ?? String(cause);
      throw new StoreUnavailable('failed', `the store cannot be read (${name}): ${words}`, { cause });
    }
  }

  /** Rejects with `StoreUnavailable` if the file cannot be written. */
  async backUp(path: string): Promise<void> {
    try {
      await this.#request({ kind: 'back-up', path });
    } catch (cause) {
      throw new StoreUnavailable('failed', `the backup ${path} cannot be written: ${String(cause)}`, { cause });
    }
  }

  /** Closes the database after everything asked so far. Resolves when the lock is free. */
  async close(): Promise<void> {
    if (!this.#death) await this.#request({ kind: 'close' });
    await this.#exited.promise;
  }

  #request(message: Unnumbered<Request>): Promise<unknown> {
    if (this.#death) return Promise.reject(this.#death);
    this.#lastId += 1;
    const waiting = new Waiting(this.#lastId);
    this.#waiting.add(waiting);
    this.#worker.postMessage({ ...message, id: waiting.id });
    return waiting.answer.promise;
  }

  #receive(reply: Reply): void {
    switch (reply.kind) {
      case 'opened':
        this.#opened.resolve(reply);
        break;
      case 'note':
        this.#onNote(reply.words);
        break;
      case 'unavailable':
        this.#opened.reject(new StoreUnavailable(reply.failure.reason, reply.failure.message));
        break;
      case 'done':
        this.#answered(reply.id)?.resolve(reply.value);
        break;
      case 'failed':
        this.#answered(reply.id)?.reject(new CommitFailed(reply.failure.reason, reply.failure.message));
        break;
    }
  }

  #answered(id: number): Waiting['answer'] | undefined {
    for (const waiting of this.#waiting) {
      if (waiting.id !== id) continue;
      this.#waiting.delete(waiting);
      return waiting.answer;
    }
    return undefined;
  }

  /** After this nothing is answered any more; the first cause stands. */
  #die(cause: unknown): void {
    this.#death ??= new CommitFailed('failed', 'the store is closed, or its worker has died', { cause });
    this.#opened.reject(new StoreUnavailable('failed', `the store's worker died: ${String(cause)}`, { cause }));
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.answer.reject(this.#death);
    }
  }
}

/** A worker keeps no compiled code unless told where: without, each start compiles anew, the compiler of types included. */
function codeCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  // Node.js names its own version and flags below the directory that it is given.
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
