import type { Milliseconds, TaskId } from '../core/ids.ts';
import {
  type CommandRefused,
  type CommandRequest,
  type ContainerOutline,
  type ContainerOutlook,
  commandRefused,
  type Engine,
  type EngineDescription,
  type EngineEvent,
  type EngineImages,
  type EngineKind,
  EngineUnavailable,
  type EnteredCommand,
  type RecoveredTask,
  type StartResult,
  type TaskOrigin,
  type TaskSpec,
  type UsageAnswer,
} from '../engines/index.ts';

/**
 * An engine that is opened later than all that relies on it: whoever opens one says which lead of the installation this is,
 * and a server reads before it leads. Until then it is unavailable.
 */
export class LateEngine implements Engine {
  readonly kind: EngineKind;
  readonly #open: () => Promise<Engine>;
  #engine: Engine | undefined;
  /** Under way or done; none after a failure. */
  #opening: Promise<Engine> | undefined;
  #closed = false;

  constructor(kind: EngineKind, open: () => Promise<Engine>) {
    this.kind = kind;
    this.#open = open;
  }

  /** Opens it; once it is, does nothing. A call during another joins it; after a failure it may be tried again. */
  async open(): Promise<void> {
    if (this.#closed) throw new EngineUnavailable('this server has closed its engines');
    this.#opening ??= this.#openOnce();
    await this.#opening;
  }

  async #openOnce(): Promise<Engine> {
    try {
      const engine = await this.#open();
      this.#engine = engine;
      return engine;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
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

  async usage(taskIds: readonly TaskId[]): Promise<UsageAnswer> {
    return this.#opened.usage(taskIds);
  }

  async enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
    const engine = this.#opened;
    return engine.enter?.(taskId, request) ?? commandRefused(`engine ${this.kind} runs no commands in its jobs`);
  }

  /** Of one that is not open nothing is known. */
  outlook(container: ContainerOutline): ContainerOutlook {
    return this.#engine?.outlook?.(container) ?? { without: [] };
  }

  preparation(taskId: TaskId): string | undefined {
    return this.#engine?.preparation?.(taskId);
  }

  images(): EngineImages | undefined {
    return this.#opened.images?.();
  }

  /** Closes it for good; one that is being opened once it is. */
  async close(): Promise<void> {
    this.#closed = true;
    // Whoever opens it hears how that failed.
    const engine = await this.#opening?.catch(() => undefined);
    await engine?.close();
  }
}
