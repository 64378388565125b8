import { closeSync, constants, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { EngineEvent } from '../../contract.ts';
import { EngineUnavailable } from '../../contract.ts';
import { errorCode, errorWords } from '../errors.ts';
import type { ProcessIdentity } from '../host/proc.ts';
import { processLimits } from '../limits.ts';
import {
  encodeMessage,
  MessageDecoder,
  type RunnerMessage,
  type RunnerResults,
  type RunnerTask,
  type ServerMessage,
} from './protocol.ts';

type Hello = Extract<ServerMessage, { kind: 'hello' }>;
type Welcome = Extract<RunnerMessage, { kind: 'welcome' }>;
type Numbered = Exclude<ServerMessage, Hello>;
/** A request without its number. */
export type RunnerRequest = {
  [Kind in Numbered['kind']]: Omit<Extract<Numbered, { kind: Kind }>, 'id'>;
}[Numbered['kind']];

/** What the engine hears of a runner. */
export interface RunnerListener {
  readonly onEvent: (event: EngineEvent) => void;
  /** The connection is gone. `refusal` says that the runner wants no more of this server; else it is probably dead. */
  readonly onClose: (connection: RunnerConnection, refusal: string | undefined) => void;
}

/** The runner died before it answered: what it has done is only known from the task's files. */
export class RunnerGone extends Error {
  override readonly name = 'RunnerGone';
}

type Outcome = RunnerResults[keyof RunnerResults];

interface Waiting extends PromiseWithResolvers<Outcome> {
  readonly kind: RunnerRequest['kind'];
  /** By the monotonic clock. */
  readonly sentAt: Milliseconds;
}

export interface RunnerConnectionOptions {
  readonly version: string;
  /** The runner's socket. */
  readonly path: string;
  readonly hello: Hello;
  readonly listener: RunnerListener;
  readonly clock: Clock;
  /** Gives up waiting for the welcome. */
  readonly signal: AbortSignal;
}

/** A connection to a runner that has welcomed this server. */
export class RunnerConnection {
  readonly version: string;
  readonly #socket: Socket;
  readonly #listener: RunnerListener;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #greeting = Promise.withResolvers<Welcome>();
  readonly #closed = Promise.withResolvers<void>();
  #refusal: string | undefined;
  #identity: ProcessIdentity = { pid: 0, startTime: 0 };
  #tasks: readonly RunnerTask[] = [];
  #openFiles = Number.POSITIVE_INFINITY;
  #nextId = 1;
  #heardAt: Milliseconds = Number.NEGATIVE_INFINITY;

  private constructor(socket: Socket, { version, listener, clock }: RunnerConnectionOptions) {
    this.version = version;
    this.#socket = socket;
    this.#listener = listener;
    this.#clock = clock;
  }

  /**
   * Connects and says hello. Undefined if nobody listens there, or after `signal` has aborted. Rejects with `EngineUnavailable`
   * if the runner refuses, or cannot be reached though it may be there.
   * Reports that were kept for us come through `listener` before this resolves.
   */
  static async open(options: RunnerConnectionOptions): Promise<RunnerConnection | undefined> {
    const socket = await dial(options.path);
    if (!socket) return undefined;
    const connection = new RunnerConnection(socket, options);
    const giveUp = () => connection.close();
    if (options.signal.aborted) giveUp();
    options.signal.addEventListener('abort', giveUp);
    const isWelcome = await connection
      .#greet(options.hello)
      .finally(() => options.signal.removeEventListener('abort', giveUp));
    return isWelcome ? connection : undefined;
  }

  /** Resolves once the connection is gone and its listener has been told. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get identity(): ProcessIdentity {
    return this.#identity;
  }

  /** How many files the runner may have open. */
  get openFiles(): number {
    return this.#openFiles;
  }

  /** What the runner knew when it welcomed us. */
  get tasks(): readonly RunnerTask[] {
    return this.#tasks;
  }

  /** Rejects with `EngineUnavailable` when the runner says so, with `RunnerGone` when it dies before it answers. */
  request<Request extends RunnerRequest>(request: Request): Promise<RunnerResults[Request['kind']]> {
    if (this.#socket.destroyed) return Promise.reject(this.#goneError());
    const id = this.#nextId;
    this.#nextId += 1;
    const waiting = Promise.withResolvers<Outcome>();
    this.#waiting.set(id, { ...waiting, kind: request.kind, sentAt: this.#clock.monotonic() });
    this.#socket.write(encodeMessage({ ...request, id }));
    // Each kind of request has its kind of answer.
    return waiting.promise as Promise<RunnerResults[Request['kind']]>;
  }

  /** For how long it has owed an answer without a word. A release may take its time, since it removes files. */
  silentFor(): Milliseconds {
    const owed = [...this.#waiting.values()].find(({ kind }) => kind !== 'release');
    return owed === undefined ? 0 : this.#clock.monotonic() - Math.max(this.#heardAt, owed.sentAt);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #greet(hello: Hello): Promise<boolean> {
    const decoder = new MessageDecoder<RunnerMessage>((message) => this.#take(message), processLimits.welcomeBytes);
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => this.#decode(decoder, text));
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.once('close', () => this.#onClose());
    this.#socket.write(encodeMessage(hello));
    try {
      const welcome = await this.#greeting.promise;
      this.#identity = { pid: welcome.pid, startTime: welcome.startTime };
      this.#tasks = welcome.tasks;
      this.#openFiles = welcome.openFiles ?? Number.POSITIVE_INFINITY;
      return true;
    } catch (error) {
      if (error instanceof RunnerGone) return false;
      throw error;
    }
  }

  #decode(decoder: MessageDecoder<RunnerMessage>, text: string): void {
    this.#heardAt = this.#clock.monotonic();
    try {
      decoder.push(text);
    } catch (error) {
      this.#refusal = `it does not speak our protocol: ${errorWords(error)}`;
      this.#socket.destroy();
    }
  }

  #take(message: RunnerMessage): void {
    switch (message.kind) {
      case 'welcome':
        for (const event of message.events) this.#listener.onEvent(event);
        this.#greeting.resolve(message);
        return;
      case 'refused':
        this.#refusal = message.reason;
        return;
      case 'event':
        this.#listener.onEvent(message.event);
        return;
      case 'answer':
        this.#waitingFor(message.id)?.resolve(message.result);
        return;
      case 'unavailable':
        this.#waitingFor(message.id)?.reject(new EngineUnavailable(message.reason));
        return;
      default:
        message satisfies never;
    }
  }

  #waitingFor(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #onClose(): void {
    const error = this.#goneError();
    this.#greeting.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    this.#listener.onClose(this, this.#refusal);
    this.#closed.resolve();
  }

  #goneError(): Error {
    return this.#refusal === undefined ? new RunnerGone('the runner is gone') : new EngineUnavailable(this.#refusal);
  }
}

/** Undefined if nothing is there, or a dead runner's. */
async function dial(path: string): Promise<Socket | undefined> {
  if (Buffer.byteLength(path) <= processLimits.socketPathBytes) return dialShort(path);
  const directory = openDirectory(dirname(path));
  if (directory === undefined) return undefined;
  try {
    // Linux alone has this way; elsewhere nothing is found there, and the runner counts as one that cannot be reached.
    return await dialShort(join(`/proc/self/fd/${directory}`, basename(path)));
  } finally {
    closeSync(directory);
  }
}

/**
 * What `connect` says where nobody listens, or has ceased to in this moment. Anything else says nothing of a runner, whose jobs may go
 * on.
 */
const nobody: ReadonlySet<string> = new Set([
  ...['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET', 'ELOOP', 'EPROTOTYPE'],
]);

function dialShort(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => {
      if (nobody.has(errorCode(error) ?? '')) resolve(undefined);
      else reject(new EngineUnavailable(`the runner cannot be reached: ${error.message}`, { cause: error }));
    });
  });
}

function openDirectory(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
