import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import {
  type CommandRefused,
  type CommandRequest,
  type ContainerOutline,
  type ContainerOutlook,
  commandRefused,
  type Engine,
  type EngineDescription,
  type EngineEvent,
  type EngineKind,
  type EnginePool,
  type EngineStatus,
  EngineUnavailable,
  type EnteredCommand,
  type RecoveredTask,
  StartDeclined,
  type StartResult,
  type TaskOrigin,
  type TaskSpec,
  type UsageAnswer,
} from '../../../engines/index.ts';
import { CallQueue } from './call-queue.ts';
import { callsAtOnce, type EngineCall, engineDeadlines, startErrorsPerTask } from './engine-deadlines.ts';
import { Relapses } from './relapses.ts';

/** Reports handled before the event loop has its turn. */
const reportsPerTurn = 8;

type QueuedCall = keyof typeof callsAtOnce;

export interface TaskEnginesOptions {
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  /** Why none is told to do anything, whatever it can. @default nothing keeps them */
  readonly hold?: (() => string | undefined) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An engine can run tasks again: everything that was to be told to it must be told again. */
  readonly onRecovered: (kind: EngineKind) => void;
  /** An engine's ability to run tasks, or what it says of itself, has changed. */
  readonly onAvailability: () => void;
}

/**
 * The engines, and what is known of their health. No call here ever rejects because of an engine, whatever that does: one
 * that does not answer in time, or answers with an error, is unavailable until it describes itself again.
 */
export class TaskEngines {
  readonly #options: TaskEnginesOptions;
  readonly #problems = new Map<string, string>();
  readonly #descriptions = new Map<EngineKind, EngineDescription>();
  readonly #holders = new Map<TaskId, EngineKind>();
  readonly #probes = new Map<EngineKind, CancelTimer>();
  readonly #relapses = new Map<EngineKind, Relapses>();
  /** How often the start of a task met an error that says nothing of the engine's health. */
  readonly #startErrors = new Map<TaskId, number>();
  /** By engine and call. A stop never waits behind starts: before its start it leaves a tombstone. */
  readonly #queues = new Map<string, CallQueue>();
  readonly #waitingForRecovery = new Map<EngineKind, (() => void)[]>();
  #closed = false;

  constructor(options: TaskEnginesOptions) {
    this.#options = options;
  }

  /** Asks every engine what it can do; call once before the first job is placed. */
  async describeAll(): Promise<void> {
    await Promise.all([...this.#options.engines].map(([kind, engine]) => this.#describe(kind, engine)));
  }

  description(kind: EngineKind): EngineDescription | undefined {
    return this.#descriptions.get(kind);
  }

  /** Where each engine runs tasks that has said so. */
  pools(): ReadonlyMap<EngineKind, readonly EnginePool[]> {
    const known = this.kinds.flatMap((kind) => {
      const description = this.#descriptions.get(kind);
      return description ? [[kind, description.pools] as const] : [];
    });
    return new Map(known);
  }

  /** What an engine said last, and why it cannot run tasks now. */
  status(kind: EngineKind): EngineStatus {
    const description = this.#descriptions.get(kind);
    const unavailable = this.problem(kind);
    if (description && unavailable === undefined) return description;
    const words = unavailable ?? 'it has not been asked yet';
    return description ? { ...description, unavailable: words } : { kind, unavailable: words };
  }

  /** The same of all engines, asked anew. */
  async statuses(): Promise<readonly EngineStatus[]> {
    await this.describeAll();
    return this.kinds.map((kind) => this.status(kind));
  }

  /** Why tasks of this kind cannot run now. */
  problem(kind: EngineKind): string | undefined {
    if (!this.#options.engines.has(kind)) return `engine ${kind} is not enabled on this server`;
    return this.#options.hold?.() ?? this.#problems.get(kind);
  }

  /** All engines, whether they answer or not. */
  get kinds(): readonly EngineKind[] {
    return [...this.#options.engines.keys()];
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

  /**
   * Starts a task, made by `specify` when its turn has come; `unwanted` if that answers none. `unanswered` if the engine
   * does not answer: `onRecovered` tells when to try again. `declined` if it cannot now, and has nothing of the task.
   */
  async start(
    kind: EngineKind,
    taskId: TaskId,
    specify: () => Promise<TaskSpec | undefined>,
  ): Promise<StartResult | 'unwanted' | 'unanswered' | 'declined'> {
    this.#holders.set(taskId, kind);
    const answer = await this.#queue(kind, 'start').take(() => this.#startNow(kind, taskId, specify));
    if (answer !== 'unanswered') this.#startErrors.delete(taskId);
    else if ((this.#startErrors.get(taskId) ?? 0) >= startErrorsPerTask) return this.#giveUp(kind, taskId);
    return answer;
  }

  async #startNow(kind: EngineKind, taskId: TaskId, specify: () => Promise<TaskSpec | undefined>) {
    const task = await specify();
    if (!task) return 'unwanted';
    let isDeclined = false;
    const answer = await this.#ask(
      kind,
      'start',
      (engine) => engine.start(task),
      (error) => {
        isDeclined = error instanceof StartDeclined;
        // It says neither that it is unavailable nor what is wrong.
        if (!(error instanceof EngineUnavailable)) this.#noteStartError(taskId);
      },
    );
    return isDeclined ? 'declined' : answer;
  }

  async stop(kind: EngineKind, taskId: TaskId, grace: Milliseconds): Promise<void> {
    await this.#askInTurn(kind, 'stop', (engine) => engine.stop(taskId, grace));
  }

  async release(kind: EngineKind, taskId: TaskId): Promise<void> {
    const answer = await this.#askInTurn(kind, 'release', (engine) => engine.release(taskId));
    if (answer === 'unanswered') return;
    this.#holders.delete(taskId);
    this.#startErrors.delete(taskId);
  }

  /** For whom a task is that an engine has on record; `unanswered` if it does not answer. */
  originOf(kind: EngineKind, taskId: TaskId): Promise<TaskOrigin | undefined | 'unanswered'> {
    return this.#askInTurn(kind, 'originOf', (engine) => engine.originOf(taskId));
  }

  /** What tasks use. One that cannot tell in time says why, and is none the worse for it: only people ask. */
  async usage(kind: EngineKind, taskIds: readonly TaskId[]): Promise<UsageAnswer | { readonly problem: string }> {
    const engine = this.#options.engines.get(kind);
    if (!engine) return { problem: `engine ${kind} is not enabled on this server` };
    try {
      return await this.#inTime('usage', () => engine.usage(taskIds));
    } catch (error) {
      return { problem: wordsOf(error) };
    }
  }

  /** How far a task has come that does not run yet, in words; undefined where its engine does not tell. */
  preparation(taskId: TaskId): string | undefined {
    const kind = this.#holders.get(taskId);
    return kind && this.#options.engines.get(kind)?.preparation?.(taskId);
  }

  /** What an engine would say to a container at its start, as far as it can tell now. */
  outlook(kind: EngineKind, container: ContainerOutline): ContainerOutlook {
    return this.#options.engines.get(kind)?.outlook?.(container) ?? { without: [] };
  }

  /** Starts a command in a running task. One that cannot is none the worse for it: only people ask. */
  async enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
    const kind = this.#holders.get(taskId);
    const engine = kind && this.#options.engines.get(kind);
    if (!engine) return commandRefused('the job is not running');
    if (!engine.enter) return commandRefused(`engine ${kind} runs no commands in its jobs`);
    try {
      return await engine.enter(taskId, request);
    } catch (error) {
      return commandRefused(wordsOf(error));
    }
  }

  /** What an engine knows of; undefined if it does not answer. */
  async recover(kind: EngineKind): Promise<readonly RecoveredTask[] | undefined> {
    // One that could not even describe itself is asked when it can.
    if (!this.#descriptions.has(kind)) return undefined;
    const tasks = await this.#ask(kind, 'recover', (engine) => engine.recover());
    if (tasks === 'unanswered') return undefined;
    for (const { taskId } of tasks) this.#holders.set(taskId, kind);
    return tasks;
  }

  /** Hands every report of every engine to `onEvent`, which never throws, until `signal` aborts. */
  async listen(signal: AbortSignal, onEvent: (kind: EngineKind, event: EngineEvent) => void): Promise<void> {
    await Promise.all(
      [...this.#options.engines].map(async ([kind, engine]) => {
        while (!signal.aborted) {
          const problem = await hearAll(engine, signal, (event) => {
            // First: its job must not be placed there again meanwhile.
            if (event.kind === 'given-back') this.#fell(kind, engine, event.reason);
            onEvent(kind, event);
            if (event.kind === 'ended') this.#probeSoon(kind, engine);
          });
          if (signal.aborted) return;
          const hasRecovered = this.#recovery(kind, signal);
          this.#fell(kind, engine, problem);
          await hasRecovered;
        }
      }),
    );
  }

  /** Resolves when an engine answers again, or `signal` aborts. */
  #recovery(kind: EngineKind, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const tell = () => {
      signal.removeEventListener('abort', tell);
      resolve();
    };
    this.#waitingForRecovery.set(kind, [...(this.#waitingForRecovery.get(kind) ?? []), tell]);
    signal.addEventListener('abort', tell);
    return promise;
  }

  #noteStartError(taskId: TaskId): void {
    this.#startErrors.set(taskId, (this.#startErrors.get(taskId) ?? 0) + 1);
  }

  /** It is this task that the engine cannot take: a late start of it must run nothing. */
  #giveUp(kind: EngineKind, taskId: TaskId): StartResult {
    this.#startErrors.delete(taskId);
    const words = this.#problems.get(kind) ?? 'its engine failed';
    // Later: the report of a stopped task would say less of it than the answer does.
    void nextTurn().then(() => this.stop(kind, taskId, 0));
    return { kind: 'failed', reason: `CannotStartContainerError: ${words}` };
  }

  #queue(kind: EngineKind, call: QueuedCall): CallQueue {
    const key = `${kind} ${call}`;
    const queue = this.#queues.get(key) ?? new CallQueue(callsAtOnce[call]);
    this.#queues.set(key, queue);
    return queue;
  }

  #askInTurn<Answer>(kind: EngineKind, call: QueuedCall, question: (engine: Engine) => Promise<Answer>) {
    return this.#queue(kind, call).take(() => this.#ask(kind, call, question));
  }

  async #ask<Answer>(
    kind: EngineKind,
    call: EngineCall,
    question: (engine: Engine) => Promise<Answer>,
    onError: (error: unknown) => void = () => {},
  ): Promise<Answer | 'unanswered'> {
    const engine = this.#options.engines.get(kind);
    if (!engine) return 'unanswered';
    try {
      return await this.#inTime(call, () => question(engine));
    } catch (error) {
      onError(error);
      this.#fell(kind, engine, wordsOf(error));
      return 'unanswered';
    }
  }

  /** The answer, or `EngineUnavailable` when the deadline of the call is over. */
  async #inTime<Answer>(call: EngineCall, question: () => Promise<Answer>): Promise<Answer> {
    const deadline = engineDeadlines[call];
    const late = Promise.withResolvers<never>();
    const cancel = this.#options.clock.after(deadline, () =>
      late.reject(new EngineUnavailable(`no answer to ${call} within ${deadline / 1000} s`)),
    );
    try {
      return await Promise.race([question(), late.promise]);
    } finally {
      cancel();
    }
  }

  #fell(kind: EngineKind, engine: Engine, problem: string): void {
    // The server is stopping, and has let go of its engines: nothing is wrong with them.
    if (this.#closed) return;
    const isNews = !this.#problems.has(kind);
    this.#problems.set(kind, problem);
    if (!isNews) return;
    this.#logFall(kind, problem);
    this.#options.onAvailability();
    this.#probeLater(kind, engine);
  }

  #logFall(kind: EngineKind, problem: string): void {
    const relapse = this.#relapsesOf(kind).fell(this.#options.clock.monotonic());
    if (relapse > 1) return;
    const more = relapse === 0 ? '' : '; that happens again and again, and is not said any more';
    this.#options.logger.warn({ engine: kind, problem }, `engine cannot run tasks now; its jobs wait${more}`);
  }

  #relapsesOf(kind: EngineKind): Relapses {
    const relapses = this.#relapses.get(kind) ?? new Relapses();
    this.#relapses.set(kind, relapses);
    return relapses;
  }

  #probeLater(kind: EngineKind, engine: Engine): void {
    if (this.#probes.has(kind)) return;
    const { interval } = this.#relapsesOf(kind);
    this.#probes.set(
      kind,
      this.#options.clock.after(interval, () => this.#probe(kind, engine)),
    );
  }

  /** What a task that has ended held may have been what was short. */
  #probeSoon(kind: EngineKind, engine: Engine): void {
    if (this.#probes.has(kind)) this.#probe(kind, engine);
  }

  #probe(kind: EngineKind, engine: Engine): void {
    this.#probes.get(kind)?.();
    this.#probes.delete(kind);
    void this.#describe(kind, engine);
  }

  async #describe(kind: EngineKind, engine: Engine): Promise<void> {
    const before = this.#descriptions.get(kind);
    const problem = await this.#problemOf(kind, engine);
    // It may have been let go of meanwhile: what it said last stands.
    if (this.#closed) return;
    const wasDown = this.#problems.has(kind);
    const isNews = !isDeepStrictEqual(this.#descriptions.get(kind), before);
    if (problem !== undefined) {
      this.#problems.set(kind, problem);
      this.#probeLater(kind, engine);
      if (!wasDown || isNews) this.#options.onAvailability();
      return;
    }
    this.#problems.delete(kind);
    if (!wasDown) {
      if (isNews) this.#options.onAvailability();
      return;
    }
    if (this.#relapsesOf(kind).cameBack(this.#options.clock.monotonic()))
      this.#options.logger.info({ engine: kind }, 'engine can run tasks again');
    for (const tell of this.#waitingForRecovery.get(kind) ?? []) tell();
    this.#waitingForRecovery.delete(kind);
    this.#options.onAvailability();
    this.#options.onRecovered(kind);
  }

  async #problemOf(kind: EngineKind, engine: Engine): Promise<string | undefined> {
    try {
      const description = await this.#inTime('describe', () => engine.describe());
      this.#descriptions.set(kind, description);
      return description.unavailable;
    } catch (error) {
      return wordsOf(error);
    }
  }
}

/** Reads an engine's reports until `signal` aborts, or until they fail: then why. */
async function hearAll(engine: Engine, signal: AbortSignal, onEvent: (event: EngineEvent) => void): Promise<string> {
  let inTurn = 0;
  try {
    for await (const event of engine.events(signal)) {
      // An engine may go on with what it had begun to say: whoever listened may know none of its tasks any more.
      if (signal.aborted) break;
      onEvent(event);
      inTurn += 1;
      // An engine that has much to say (after a restart, all of it at once) says it in one turn otherwise.
      if (inTurn % reportsPerTurn === 0) await nextTurn();
    }
    return 'its reports have ended';
  } catch (error) {
    return wordsOf(error);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
