import { bootId } from '../../core/boot-id.ts';
import type { Milliseconds, TaskId } from '../../core/ids.ts';
import type { ResourceRequest } from '../../core/job.ts';
import type {
  ContainerOutline,
  ContainerOutlook,
  EngineCapabilities,
  EngineDescription,
  EngineEvent,
  EnginePool,
  RecoveredTask,
  StartFailed,
  StartResult,
  TaskOrigin,
  TaskSpec,
} from '../contract.ts';
import { EngineUnavailable } from '../contract.ts';
import { type CommandRefused, type CommandRequest, commandRefused, type EnteredCommand } from '../entered-command.ts';
import { EnteredCommands } from '../entered-commands.ts';
import { type Gpu, GpuAssignments, type TaskWithGpus } from '../gpus.ts';
import { refusalOf } from '../task-refusal.ts';
import type { UsageAnswer } from '../task-usage.ts';
import type { UnreleasedEvents } from '../unreleased-events.ts';
import { capabilitiesOf } from './capabilities.ts';
import { configOf } from './config-of.ts';
import { DiskGuard } from './container/disk-guard.ts';
import { enterContainer } from './entering/enter.ts';
import { onceBegun } from './entering/once-begun.ts';
import { cannotStartContainer, errorWords } from './errors.ts';
import { forgetCgroups } from './host/cgroup-probe.ts';
import { openFilesLimit, placesBy } from './host/descriptor-budget.ts';
import { type HostAbilities, isolationWarning, isolationWords } from './host/host-abilities.ts';
import type { ProcessLayout } from './layout.ts';
import { processLimits } from './limits.ts';
import { gangNetworkWords } from './network/node-network.ts';
import type { CompiledOptions } from './options.ts';
import { outlookOf } from './plan/outlook.ts';
import type { RunningEngine } from './pulling/pulling-engine.ts';
import { refusalOfSize } from './runner/message-size.ts';
import type { RunnerConfig } from './runner/runner-config.ts';
import type { RunnerConnection } from './runner/runner-connection.ts';
import { RunnerConnections } from './runner/runner-connections.ts';
import { awaitDeath } from './task/leftovers.ts';
import { OrphanTasks } from './task/orphan-tasks.ts';
import { forgetScratchRoot } from './task/scratch.ts';
import { TaskFiles, type TaskRecord } from './task/task-files.ts';

export interface ProcessEngineParts {
  readonly options: CompiledOptions;
  readonly layout: ProcessLayout;
  readonly host: HostAbilities;
  readonly gpus: readonly Gpu[];
  readonly events: UnreleasedEvents;
  /** Told which images' files tasks of before use, before anything else happens. */
  readonly onImages: (taskId: TaskId, images: NonNullable<TaskRecord['images']>) => void;
}

/** It fails the one task: as a shortage of the engine it would keep all others of the machine waiting. */
const gpusAreHeld = cannotStartContainer('tasks that no job knows of still hold GPUs').message;

/** The server's side of the process engine, for tasks whose images are here. */
export class ProcessEngine implements RunningEngine {
  readonly kind = 'process';
  readonly #options: CompiledOptions;
  readonly #host: HostAbilities;
  readonly #config: RunnerConfig;
  readonly #files: TaskFiles;
  readonly #events: UnreleasedEvents;
  readonly #onImages: ProcessEngineParts['onImages'];
  readonly #orphans: OrphanTasks;
  readonly #gpus: GpuAssignments;
  readonly #capabilities: EngineCapabilities;
  readonly #capacity: ResourceRequest;
  readonly #owners = new Map<TaskId, RunnerConnection>();
  readonly #runners: RunnerConnections;
  readonly #entered = new EnteredCommands();
  /** Tasks whose runner has not answered yet. */
  readonly #starting = new Set<TaskId>();
  /** Stopped while they are being started: a runner that dies before they begin takes its word for the stop with it. */
  readonly #stoppedAtStart = new Set<TaskId>();
  #takenOver = false;

  constructor({ options, layout, host, gpus, events, onImages }: ProcessEngineParts) {
    this.#options = options;
    this.#events = events;
    this.#onImages = onImages;
    this.#host = host;
    this.#config = configOf(options, host);
    this.#files = new TaskFiles(layout.tasks);
    this.#gpus = new GpuAssignments(gpus);
    this.#capabilities = capabilitiesOf(options, host, gpus);
    this.#capacity = { ...options.capacity, gpus: gpus.length };
    this.#orphans = new OrphanTasks(this.#files, this.#events, this.#config, bootId(), options.clock, options.logger);
    this.#runners = new RunnerConnections({
      ...{ options, layout, host, config: this.#config },
      onConnected: (connection) => this.#onConnected(connection),
      onEvent: (event) => this.#onEvent(event),
      onGone: (connection) => this.#recoverFrom(connection),
      hasTasks: (connection) => [...this.#owners.values()].includes(connection),
    });
  }

  /**
   * Connects to living runners and adopts the tasks of dead ones. Called once, before anything else. A runner that is
   * stopped or starved does not keep the server from opening: the engine is unavailable until that one answers or dies.
   */
  async takeOver(): Promise<void> {
    const warning = isolationWarning(this.#host.sandbox, this.#options.identity);
    if (warning !== undefined && this.#options.isolation !== 'required') this.#options.logger.warn(warning);
    const { clock, logger } = this.#options;
    const whole = this.#takeOverAll();
    const late = Promise.withResolvers<'late'>();
    const cancel = clock.after(processLimits.takeOverMs, () => late.resolve('late'));
    const first = await Promise.race([whole, late.promise]).finally(cancel);
    if (first !== 'late') return;
    logger.warn(`${this.#runners.silentWords()}; the server opens without it`);
    whole.catch((error: unknown) => this.#runners.refuse(errorWords(error)));
  }

  async #takeOverAll(): Promise<void> {
    this.#tellImages();
    await this.#runners.takeOver();
    // What a runner that never answered has must not be taken for lost.
    if (this.#runners.closed !== undefined) return;
    await this.#orphans.adopt(this.#files.list().filter((taskId) => !this.#owners.has(taskId)));
    await this.#orphans.sweep();
    this.#takenOver = true;
  }

  /** By the records of all tasks: a runner that is silent for now may run some. */
  #tellImages(): void {
    for (const taskId of this.#files.list()) {
      const images = this.#files.read(taskId)?.record?.images;
      if (images) this.#onImages(taskId, images);
    }
  }

  async describe(): Promise<EngineDescription> {
    const { cgroups, sandbox, refusals, gangNetwork } = this.#host;
    const degraded = refusals.length > 0 && sandbox !== 'bubblewrap' ? ` (${refusals.join('; ')})` : '';
    const unavailable = this.#unavailable();
    return {
      kind: 'process',
      version: this.#options.version,
      isolation: `${isolationWords(sandbox, this.#options.identity)}${degraded}; ${gangNetworkWords(gangNetwork)}`,
      enforced: {
        memory: cgroups.memory !== undefined,
        cpu: cgroups.cpu !== undefined,
        pids: cgroups.pids !== undefined,
      },
      pools: [this.#pool()],
      capabilities: this.#capabilities,
      ...(unavailable === undefined ? {} : { unavailable }),
    };
  }

  /** A runner that is still to be started may open as many files as this server. */
  #pool(): EnginePool {
    const { instanceId: instance } = this.#options;
    const places = placesBy(this.#runners.openFiles ?? openFilesLimit());
    return { id: 'host', capacity: this.#capacity, shrinks: true, instance, ...(places && { places }) };
  }

  foresee(task: TaskSpec): StartResult | undefined {
    const refusal = this.#refusal(task);
    if (refusal) return refusal;
    const orphan = this.#orphans.stateOf(task.taskId);
    if (orphan === undefined && !this.#owners.has(task.taskId)) {
      this.#checkAvailable();
      return undefined;
    }
    return (orphan ?? this.#stateOf(task.taskId)) === 'tombstone' ? 'tombstone' : 'already';
  }

  outlook(container: ContainerOutline): ContainerOutlook {
    return outlookOf(container, this.#config);
  }

  #refusal(task: TaskSpec): StartFailed | undefined {
    const { gangNetwork } = this.#host;
    if (task.gang && gangNetwork.kind === 'none')
      return { kind: 'failed', reason: cannotStartContainer(gangNetworkWords(gangNetwork)).message };
    return refusalOf(task, this.#capabilities) ?? refusalOfSize(task);
  }

  async start(task: TaskSpec): Promise<StartResult> {
    const refusal = this.#refusal(task);
    if (refusal) return refusal;
    // A start that is repeated when the task is over would take GPUs that nothing gives back.
    const equipped = this.#events.last(task.taskId)?.kind === 'ended' ? task : this.#gpus.assign(task);
    if (!equipped) return { kind: 'failed', reason: gpusAreHeld };
    try {
      const result = await this.#start(equipped);
      if (typeof result === 'object' || result === 'tombstone') this.#gpus.release(task.taskId);
      return result;
    } catch (error) {
      // Unless a runner may have it all the same.
      if (!this.#owners.has(task.taskId)) this.#gpus.release(task.taskId);
      throw error;
    } finally {
      this.#stoppedAtStart.delete(task.taskId);
    }
  }

  async #start(task: TaskWithGpus): Promise<StartResult> {
    for (let tries = 0; tries < processLimits.startTries; tries += 1) {
      this.#checkAvailable();
      const orphan = this.#orphans.stateOf(task.taskId);
      if (orphan !== undefined) return orphan === 'tombstone' ? 'tombstone' : tries === 0 ? 'already' : 'accepted';
      const runner = this.#owners.get(task.taskId) ?? this.#runnerOfGang(task) ?? (await this.#runners.own());
      this.#owners.set(task.taskId, runner);
      this.#starting.add(task.taskId);
      const result = await this.#runners
        .ask(runner, { kind: 'start', task })
        .catch((error: unknown) => {
          // Refused for now: the runner does not have it, and whoever recovers must not be told that it does.
          if (this.#owners.get(task.taskId) === runner) this.#owners.delete(task.taskId);
          throw error;
        })
        .finally(() => this.#starting.delete(task.taskId));
      if (result !== 'gone') return result;
      if (this.#owners.get(task.taskId) === runner) this.#owners.delete(task.taskId);
      if (this.#stoppedAtStart.has(task.taskId)) await this.stop(task.taskId, 0);
    }
    throw new EngineUnavailable(`the runner died ${processLimits.startTries} times while it started ${task.taskId}`);
  }

  async stop(taskId: TaskId, grace: Milliseconds): Promise<void> {
    this.#checkTakenOver();
    for (;;) {
      if (this.#orphans.stateOf(taskId) !== undefined) return;
      const runner = this.#owners.get(taskId) ?? (await this.#runners.ownIfAny());
      if (!runner) {
        if (this.#owners.has(taskId)) continue;
        if (this.#orphans.bury(taskId)) return;
        // A dead runner had claimed it.
        await this.#orphans.adopt([taskId]);
        continue;
      }
      this.#owners.set(taskId, runner);
      if (this.#starting.has(taskId)) this.#stoppedAtStart.add(taskId);
      if ((await this.#runners.ask(runner, { kind: 'stop', taskId, grace })) !== 'gone') return;
      // The recovery may have come before we named the dead runner as the owner: it would be asked for ever.
      if (this.#owners.get(taskId) === runner) this.#owners.delete(taskId);
    }
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    this.#runners.checkOpen();
    return this.#events.stream(signal);
  }

  async release(taskId: TaskId): Promise<void> {
    this.#checkTakenOver();
    if (this.#events.last(taskId)?.kind !== 'ended') return;
    const runner = this.#owners.get(taskId);
    const gone = runner === undefined || (await this.#runners.ask(runner, { kind: 'release', taskId })) === 'gone';
    if (gone) await this.#orphans.release(taskId);
    this.#owners.delete(taskId);
    this.#events.release(taskId);
    if (runner) this.#runners.dropIfDrained(runner);
  }

  async recover(): Promise<readonly RecoveredTask[]> {
    this.#checkTakenOver();
    await this.#runners.recovered();
    const owned = [...this.#owners.keys()].map((taskId) => ({ taskId, state: this.#stateOf(taskId) }));
    return [...owned, ...this.#orphans.list()];
  }

  async originOf(taskId: TaskId): Promise<TaskOrigin | undefined> {
    this.#checkTakenOver();
    return this.#files.read(taskId)?.record?.origin;
  }

  async usage(taskIds: readonly TaskId[]): Promise<UsageAnswer> {
    this.#checkTakenOver();
    const owned = Map.groupBy(taskIds, (taskId) => this.#owners.get(taskId));
    const answers = [...owned].map(async ([runner, own]) => {
      const answer = runner ? await this.#runners.ask(runner, { kind: 'usage', taskIds: own }) : [];
      return answer === 'gone' ? [] : answer;
    });
    return (await Promise.all(answers)).flat();
  }

  async enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
    this.#checkTakenOver();
    const runner = this.#owners.get(taskId);
    const { container } = request;
    const asked = { kind: 'entrance', taskId, ...(container === undefined ? {} : { container }) } as const;
    const ask = async () => (runner ? this.#runners.ask(runner, asked) : 'gone');
    const entrance = await onceBegun(ask, this.#options.clock);
    if (entrance === 'gone') return commandRefused(`task ${taskId} is not running`);
    if ('kind' in entrance) return entrance;
    return this.#entered.keep(
      taskId,
      enterContainer(entrance, request, { host: this.#host, clock: this.#options.clock }),
    );
  }

  async close(): Promise<void> {
    this.#entered.endAll();
    await this.#runners.close();
    if (this.#runners.count > 0 || !this.#takenOver) return;
    forgetCgroups(this.#host.cgroups);
    forgetScratchRoot(this.#host.scratch);
  }

  #stateOf(taskId: TaskId): RecoveredTask['state'] {
    const last = this.#events.last(taskId);
    if (last?.kind !== 'ended') return this.#starting.has(taskId) ? 'claimed' : 'running';
    return this.#files.isTombstone(taskId) ? 'tombstone' : 'ended';
  }

  /** All nodes of a gang have the runner of its main node, be it of an older version: that one has their network. */
  #runnerOfGang({ gang }: TaskSpec): RunnerConnection | undefined {
    return gang && this.#owners.get(gang.gang);
  }

  #onConnected(connection: RunnerConnection): void {
    for (const { taskId, gpus, images } of connection.tasks) {
      this.#owners.set(taskId, connection);
      if (images) this.#onImages(taskId, images);
      if (gpus && !this.#gpus.isEmpty) this.#gpus.restore(taskId, gpus);
    }
  }

  #onEvent(event: EngineEvent): void {
    if (event.kind === 'ended') {
      this.#gpus.release(event.taskId);
      this.#entered.end(event.taskId);
    }
    this.#events.add(event);
  }

  /** The runner that was there is dead, or will be in a moment: what it had started is lost, and all it had claimed free. */
  async #recoverFrom(connection: RunnerConnection): Promise<void> {
    const { clock, logger } = this.#options;
    logger.warn(`the runner (pid ${connection.identity.pid}) is gone; its tasks are lost`);
    const dead = await awaitDeath(connection.identity, processLimits.leftoverDeathMs, clock);
    if (!dead) logger.warn(`the runner (pid ${connection.identity.pid}) hung up, and still runs`);
    const owned = [...this.#owners].filter(([, owner]) => owner === connection).map(([taskId]) => taskId);
    await this.#orphans.adopt(owned);
    for (const taskId of owned) {
      this.#owners.delete(taskId);
      this.#gpus.release(taskId);
      this.#entered.end(taskId);
    }
  }

  #unavailable(): string | undefined {
    const silence = this.#runners.closed ?? this.#silence();
    if (silence !== undefined) return silence;
    if (this.#options.isolation === 'required' && this.#host.sandbox === 'none') {
      return `isolation is required, and no sandbox works on this host: ${this.#host.refusals.join('; ')}`;
    }
    return new DiskGuard(this.#options.dataDirectory, this.#options.minimumFreeBytes, this.#options.clock).shortage();
  }

  /** Who does not answer, in words. */
  #silence(): string | undefined {
    return this.#takenOver ? this.#runners.silence() : this.#runners.silentWords();
  }

  #checkTakenOver(): void {
    this.#runners.checkOpen();
    if (!this.#takenOver) throw new EngineUnavailable(this.#runners.silentWords());
  }

  #checkAvailable(): void {
    const unavailable = this.#unavailable();
    if (unavailable !== undefined) throw new EngineUnavailable(unavailable);
  }
}
