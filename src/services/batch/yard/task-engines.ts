import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import {
  type Engine,
  type EngineDescription,
  type EngineEvent,
  type EngineKind,
  EngineUnavailable,
  type RecoveredTask,
  type StartResult,
  type TaskSpec,
} from '../../../engines/index.ts';

/** Between two questions to an engine that does not answer. */
const probeInterval: Milliseconds = 2_000;
/** Reports handled before the event loop has its turn. */
const reportsPerTurn = 8;

export interface TaskEnginesOptions {
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An engine can run tasks again: everything that was to be told to it must be told again. */
  readonly onRecovered: (kind: EngineKind) => void;
  /** An engine's ability to run tasks has changed. */
  readonly onAvailability: () => void;
  readonly onError: (error: unknown) => void;
}

/** The engines, and what is known of their health. No call here ever rejects because an engine does not answer. */
export class TaskEngines {
  readonly #options: TaskEnginesOptions;
  readonly #problems = new Map<string, string>();
  readonly #descriptions = new Map<EngineKind, EngineDescription>();
  readonly #holders = new Map<TaskId, EngineKind>();
  readonly #probes = new Map<EngineKind, CancelTimer>();
  #closed = false;

  constructor(options: TaskEnginesOptions) {
    this.#options = options;
  }

  /** Asks every engine what it can do; call once before the first job is placed. */
  async describeAll(): Promise<void> {
    for (const [kind, engine] of this.#options.engines) await this.#describe(kind, engine);
  }

  description(kind: string): EngineDescription | undefined {
    return this.#descriptions.get(kind as EngineKind);
  }

  /** Why tasks of this kind cannot run now. */
  problem(kind: string): string | undefined {
    if (!this.#options.engines.has(kind as EngineKind)) return `engine ${kind} is not enabled on this server`;
    return this.#problems.get(kind);
  }

  /** How many engines there are, whether they answer or not. */
  get count(): number {
    return this.#options.engines.size;
  }

  /** Which engine was last seen to have a task; undefined for one that none was given. */
  holderOf(taskId: TaskId): EngineKind | undefined {
    return this.#holders.get(taskId);
  }

  /** Asks no engine any more whether it is back. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#probes.values()) cancel();
    this.#probes.clear();
  }

  /** Starts a task; `unanswered` if the engine does not answer: `onRecovered` tells when to try again. */
  start(kind: string, task: TaskSpec): Promise<StartResult | 'unanswered'> {
    this.#holders.set(task.taskId, kind as EngineKind);
    return this.#ask(kind, (engine) => engine.start(task));
  }

  async stop(kind: string, taskId: TaskId, grace: Milliseconds): Promise<void> {
    await this.#ask(kind, (engine) => engine.stop(taskId, grace));
  }

  async release(kind: string, taskId: TaskId): Promise<void> {
    const answer = await this.#ask(kind, (engine) => engine.release(taskId));
    if (answer !== 'unanswered') this.#holders.delete(taskId);
  }

  /** What each engine knows of; an engine that does not answer is left out. */
  async recover(): Promise<ReadonlyMap<EngineKind, readonly RecoveredTask[]>> {
    const known = new Map<EngineKind, readonly RecoveredTask[]>();
    for (const kind of this.#options.engines.keys()) {
      const tasks = await this.#ask(kind, (engine) => engine.recover());
      if (tasks === 'unanswered') continue;
      known.set(kind, tasks);
      for (const { taskId } of tasks) this.#holders.set(taskId, kind);
    }
    return known;
  }

  /** Hands every report of every engine to `onEvent`, until `signal` aborts. */
  async listen(signal: AbortSignal, onEvent: (kind: EngineKind, event: EngineEvent) => void): Promise<void> {
    const listeners = [...this.#options.engines].map(async ([kind, engine]) => {
      let inTurn = 0;
      for await (const event of engine.events(signal)) {
        onEvent(kind, event);
        inTurn += 1;
        // An engine that has much to say (after a restart, all of it at once) says it in one turn otherwise.
        if (inTurn % reportsPerTurn === 0) await nextTurn();
      }
    });
    await Promise.all(listeners);
  }

  async #ask<Answer>(kind: string, question: (engine: Engine) => Promise<Answer>): Promise<Answer | 'unanswered'> {
    const engine = this.#options.engines.get(kind as EngineKind);
    if (!engine) return 'unanswered';
    try {
      return await question(engine);
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      this.#fell(kind as EngineKind, engine, error.message);
      return 'unanswered';
    }
  }

  #fell(kind: EngineKind, engine: Engine, problem: string): void {
    // The server is stopping, and has let go of its engines: nothing is wrong with them.
    if (this.#closed) return;
    const isNews = !this.#problems.has(kind);
    this.#problems.set(kind, problem);
    if (!isNews) return;
    this.#options.logger.warn({ engine: kind, problem }, 'engine does not answer; its jobs wait');
    this.#options.onAvailability();
    this.#probeLater(kind, engine);
  }

  #probeLater(kind: EngineKind, engine: Engine): void {
    if (this.#probes.has(kind)) return;
    const probe = () => {
      this.#probes.delete(kind);
      this.#describe(kind, engine).catch(this.#options.onError);
    };
    this.#probes.set(kind, this.#options.clock.after(probeInterval, probe));
  }

  async #describe(kind: EngineKind, engine: Engine): Promise<void> {
    const problem = await this.#problemOf(kind, engine);
    const wasDown = this.#problems.has(kind);
    if (problem !== undefined) {
      this.#problems.set(kind, problem);
      this.#probeLater(kind, engine);
      if (!wasDown) this.#options.onAvailability();
      return;
    }
    this.#problems.delete(kind);
    if (!wasDown) return;
    this.#options.logger.info({ engine: kind }, 'engine answers again');
    this.#options.onAvailability();
    this.#options.onRecovered(kind);
  }

  async #problemOf(kind: EngineKind, engine: Engine): Promise<string | undefined> {
    try {
      const description = await engine.describe();
      this.#descriptions.set(kind, description);
      return description.unavailable;
    } catch (error) {
      if (error instanceof EngineUnavailable) return error.message;
      throw error;
    }
  }
}
