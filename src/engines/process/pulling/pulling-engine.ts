import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds, TaskId } from '../../../core/ids.ts';
import { pause } from '../../../core/pause.ts';
import {
  type ContainerOutline,
  type ContainerOutlook,
  type Engine,
  type EngineDescription,
  type EngineEvent,
  type EngineImages,
  EngineUnavailable,
  type RecoveredTask,
  type StartResult,
  type TaskOrigin,
  type TaskSpec,
} from '../../contract.ts';
import type { CommandRefused, CommandRequest, EnteredCommand } from '../../entered-command.ts';
import type { UsageAnswer } from '../../task-usage.ts';
import type { UnreleasedEvents } from '../../unreleased-events.ts';
import { CannotStart, errorWords } from '../errors.ts';
import { processLimits } from '../limits.ts';
import type { EngineLogger } from '../options.ts';
import { failedToStart } from '../task/reports.ts';
import { type ChoiceGround, imageOutlook } from './image-choice.ts';
import { equippedNow, PreparedTask } from './prepared-task.ts';

/** The engine that runs what is prepared here. */
export interface RunningEngine extends Engine {
  /**
   * What `start` would answer without starting anything: that the task cannot be started, or is known; undefined if it would start
   * it. Of a task that it does not know it throws `EngineUnavailable` as that does.
   */
  foresee(task: TaskSpec): StartResult | undefined;
  enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused>;
  outlook(container: ContainerOutline): ContainerOutlook;
}

export interface PullingEngineOptions {
  readonly inner: RunningEngine;
  readonly ground: ChoiceGround;
  /** Throws `EngineUnavailable` once a server of a later epoch has opened the engine: what is prepared here would never begin. */
  readonly checkEpoch: () => void;
  /** Those of `inner`. */
  readonly events: UnreleasedEvents;
  readonly clock: Clock;
  readonly logger: EngineLogger;
}

/**
 * Gets the images of tasks before those begin: what is here is handed on at once, the rest is pulled after `start` has answered. A
 * task that is being prepared has not run and is known to this server alone: after a crash of it `recover` does not list the task,
 * and it is started again.
 */
export class PullingEngine implements Engine {
  readonly kind = 'process';
  readonly #inner: RunningEngine;
  readonly #ground: ChoiceGround;
  readonly #checkEpoch: () => void;
  readonly #events: UnreleasedEvents;
  readonly #clock: Clock;
  readonly #logger: EngineLogger;
  readonly #prepared = new Map<TaskId, PreparedTask>();
  readonly #underWay = new Set<Promise<void>>();
  /** Ended while they were prepared. */
  readonly #failed = new Set<TaskId>();
  #closed = false;

  constructor({ inner, ground, checkEpoch, events, clock, logger }: PullingEngineOptions) {
    this.#inner = inner;
    this.#ground = ground;
    this.#checkEpoch = checkEpoch;
    this.#events = events;
    this.#clock = clock;
    this.#logger = logger;
  }

  async describe(): Promise<EngineDescription> {
    const description = await this.#inner.describe();
    const { refusal, policy } = this.#ground;
    const registryCredentials = refusal === undefined && policy.pull !== 'never';
    return { ...description, capabilities: { ...description.capabilities, registryCredentials } };
  }

  async start(task: TaskSpec): Promise<StartResult> {
    const { taskId } = task;
    if (this.#closed) throw new EngineUnavailable('the engine is closed');
    if (this.#prepared.has(taskId) || this.#failed.has(taskId)) return 'already';
    const known = this.#inner.foresee(withoutLogins(task));
    if (known !== undefined) return known;
    try {
      const equipped = equippedNow(task, this.#ground);
      if (equipped) return await this.#handOnce(equipped);
    } catch (error) {
      if (error instanceof CannotStart) return { kind: 'failed', reason: error.message };
      throw error;
    }
    this.#checkEpoch();
    this.#prepare(task);
    return 'accepted';
  }

  outlook(container: ContainerOutline): ContainerOutlook {
    const ofImage = imageOutlook(container, this.#ground);
    if (ofImage.refusal !== undefined) return ofImage;
    const { refusal, without } = this.#inner.outlook(container);
    return { ...(refusal === undefined ? {} : { refusal }), without: [...ofImage.without, ...without] };
  }

  /** Whoever is told that the engine is not available may never ask again: images are not kept for a task that nobody has. */
  async #handOnce(task: TaskSpec): Promise<StartResult> {
    try {
      return await this.#hand(task);
    } catch (error) {
      if (!this.#mayHave(task)) this.#ground.policy.store.release(task.taskId);
      throw error;
    }
  }

  #mayHave(task: TaskSpec): boolean {
    try {
      return this.#inner.foresee(task) !== undefined;
    } catch (error) {
      if (error instanceof EngineUnavailable) return false;
      throw error;
    }
  }

  /** Named as in use first: the runner may have the task whatever it answers. */
  async #hand(task: TaskSpec): Promise<StartResult> {
    const { store } = this.#ground.policy;
    for (const { imageRoot } of task.containers) if (imageRoot) store.hold(imageRoot.configDigest, task.taskId);
    const result = await this.#inner.start(task);
    if (typeof result === 'object') store.release(task.taskId);
    return result;
  }

  #prepare(task: TaskSpec): void {
    const prepared = new PreparedTask(task, this.#ground, this.#clock);
    this.#prepared.set(task.taskId, prepared);
    const underWay = this.#carryOut(prepared)
      .catch((error: unknown) => this.#onFailure(prepared, error))
      .finally(() => {
        if (this.#prepared.get(task.taskId) === prepared) this.#prepared.delete(task.taskId);
        this.#underWay.delete(underWay);
      });
    this.#underWay.add(underWay);
  }

  async #carryOut(prepared: PreparedTask): Promise<void> {
    const task = await prepared.equipped();
    for (;;) {
      prepared.signal.throwIfAborted();
      const result = await this.#hand(task).catch((error: unknown) => {
        if (error instanceof EngineUnavailable) return error;
        throw error;
      });
      if (result instanceof EngineUnavailable) {
        // It was accepted, and nobody else would ask for it again.
        await pause(this.#clock, processLimits.startAgainMs, prepared.signal);
        continue;
      }
      if (typeof result === 'object') throw new CannotStart(result.reason);
      return;
    }
  }

  #onFailure({ task, signal }: PreparedTask, error: unknown): void {
    const { taskId } = task;
    // Stopped: its end is the tombstone's. Or this server ends, and the next one starts it again.
    if (signal.aborted) return;
    if (!(error instanceof CannotStart))
      this.#logger.warn(`task ${taskId} could not be prepared: ${errorWords(error)}`);
    const reason = error instanceof CannotStart ? error.message : `CannotStartContainerError: ${errorWords(error)}`;
    this.#failed.add(taskId);
    this.#events.add(failedToStart(task, this.#clock.now(), reason));
  }

  async stop(taskId: TaskId, grace: Milliseconds): Promise<void> {
    this.#prepared.get(taskId)?.stop();
    this.#prepared.delete(taskId);
    if (this.#failed.has(taskId)) return;
    await this.#inner.stop(taskId, grace);
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return this.#inner.events(signal);
  }

  async release(taskId: TaskId): Promise<void> {
    if (this.#events.last(taskId)?.kind !== 'ended') return;
    await this.#inner.release(taskId);
    this.#failed.delete(taskId);
    this.#ground.policy.store.release(taskId);
  }

  async recover(): Promise<readonly RecoveredTask[]> {
    const recovered = await this.#inner.recover();
    const listed = new Set(recovered.map(({ taskId }) => taskId));
    const claimed = [...this.#prepared.keys()].map((taskId) => ({ taskId, state: 'claimed' }) as const);
    const ended = [...this.#failed].map((taskId) => ({ taskId, state: 'ended' }) as const);
    return [...recovered, ...[...claimed, ...ended].filter(({ taskId }) => !listed.has(taskId))];
  }

  originOf(taskId: TaskId): Promise<TaskOrigin | undefined> {
    return this.#inner.originOf(taskId);
  }

  usage(taskIds: readonly TaskId[]): Promise<UsageAnswer> {
    return this.#inner.usage(taskIds);
  }

  enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
    return this.#inner.enter(taskId, request);
  }

  preparation(taskId: TaskId): string | undefined {
    return this.#prepared.get(taskId)?.words;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const prepared of this.#prepared.values()) prepared.stop();
    this.#prepared.clear();
    await this.#ground.policy.store.close();
    await Promise.all(this.#underWay);
    await this.#inner.close();
  }

  /** Until it is known which tasks runners have, nothing is removed: a pull may do so, to make room. */
  images(): EngineImages {
    const { store } = this.#ground.policy;
    const known = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
      if (this.#closed) throw new EngineUnavailable('the engine is closed');
      await this.#inner.recover();
      return work();
    };
    return {
      list: () => store.list(),
      pull: (request) => known(() => store.pull(request)),
      prune: (filter) => known(() => store.prune(filter)),
      importArchive: (path, name) => known(() => store.importArchive(path, name)),
    };
  }
}

function withoutLogins(task: TaskSpec): TaskSpec {
  return { ...task, containers: task.containers.map(({ registryCredentials: _login, ...container }) => container) };
}
