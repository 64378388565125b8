import type { Milliseconds, TaskId } from '../core/ids.ts';
import {
  type Engine,
  type EngineDescription,
  type EngineEvent,
  type EngineKind,
  EngineUnavailable,
  type RecoveredTask,
  type StartResult,
  type TaskOrigin,
  type TaskSpec,
} from '../engines/index.ts';

/**
 * An engine that is opened later than all that relies on it: whoever opens one says which lead of the installation this is,
 * and a server reads before it leads. Until then it is unavailable.
 */
export class LateEngine implements Engine {
  readonly kind: EngineKind;
  readonly #open: () => Promise<Engine>;
  #engine: Engine | undefined;

  constructor(kind: EngineKind, open: () => Promise<Engine>) {
    this.kind = kind;
    this.#open = open;
  }

  /** Opens it; once it is, does nothing. After a failure it may be tried again. */
  async open(): Promise<void> {
    this.#engine ??= await this.#open();
  }

  get #opened(): Engine {
    if (this.#engine) return this.#engine;
    throw new EngineUnavailable('this server does not lead, and has not opened its engines');
  }

  async describe(): Promise<EngineDescription> {
    return this.#opened.describe();
  }

  async start(task: TaskSpec): Promise<StartResult> {
    return this.#opened.start(task);
  }

  async stop(taskId: TaskId, grace: Milliseconds): Promise<void> {
    await this.#opened.stop(taskId, grace);
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return this.#opened.events(signal);
  }

  async release(taskId: TaskId): Promise<void> {
    await this.#opened.release(taskId);
  }

  async recover(): Promise<readonly RecoveredTask[]> {
    return this.#opened.recover();
  }

  async originOf(taskId: TaskId): Promise<TaskOrigin | undefined> {
    return this.#opened.originOf(taskId);
  }

  async close(): Promise<void> {
    await this.#engine?.close();
  }
}
