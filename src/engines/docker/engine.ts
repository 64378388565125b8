import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Milliseconds, TaskId } from '../../core/ids.ts';
import { Slots } from '../../core/slots.ts';
import type {
  ContainerOutline,
  ContainerOutlook,
  Engine,
  EngineCapabilities,
  EngineDescription,
  EngineEvent,
  RecoveredTask,
  StartResult,
  TaskOrigin,
  TaskSpec,
} from '../contract.ts';
import { EngineUnavailable, plainCapabilities, StartDeclined } from '../contract.ts';
import { type CommandRefused, type CommandRequest, commandRefused, type EnteredCommand } from '../entered-command.ts';
import { EnteredCommands } from '../entered-commands.ts';
import { enterEpoch, epochReader } from '../epoch-file.ts';
import { findGpus } from '../gpu-probe.ts';
import { type Gpu, GpuAssignments } from '../gpus.ts';
import { hostNotShared } from '../host-not-shared.ts';
import { statusReasons } from '../status-reasons.ts';
import { refusalOf } from '../task-refusal.ts';
import type { UsageAnswer } from '../task-usage.ts';
import { UnreleasedEvents } from '../unreleased-events.ts';
import { cannotStartContainer } from './cannot-start.ts';
import { chooseSocket } from './daemon/choose-socket.ts';
import { ContainerApi } from './daemon/container-api.ts';
import { ContainerProcesses } from './daemon/container-processes.ts';
import { Daemon } from './daemon/daemon.ts';
import { DaemonLate } from './daemon/daemon-errors.ts';
import type { DaemonFacts } from './daemon/daemon-facts.ts';
import { KernelLog } from './daemon/kernel-log.ts';
import { Reach } from './daemon/reach.ts';
import { dockerLimits } from './docker-limits.ts';
import { enterContainer } from './enter.ts';
import { isHeld } from './holder/sharing-task.ts';
import { TaskHolders } from './holder/task-holders.ts';
import { ImagePulls } from './images/image-pulls.ts';
import { NetworkApi } from './network/network-api.ts';
import { NodeNetworks } from './network/node-networks.ts';
import { nodeOf } from './network/node-task.ts';
import { type CompiledOptions, compileOptions, type DockerEngineOptions } from './options.ts';
import { daemonNotes } from './plan/daemon-notes.ts';
import { namespacesOf } from './plan/namespaces.ts';
import { outlookOf } from './plan/outlook.ts';
import { mountRules, taskBodies, volumesOf } from './plan/task-bodies.ts';
import { containerName } from './task/container-names.ts';
import { DockerTask } from './task/docker-task.ts';
import { takeOver } from './task/take-over.ts';
import { TaskFiles } from './task/task-files.ts';
import { type EndedEvent, recordOf, type TaskFile } from './task/task-record.ts';
import type { TaskSurroundings } from './task/task-surroundings.ts';
import { usageOf } from './usage.ts';

/**
 * Opens the engine that runs jobs as containers of Docker or Podman. It opens whether a daemon answers or not: what a server
 * before it has left there is taken over once one does. Rejects with `EngineUnavailable` for an older epoch or another
 * installation. See README.md.
 */
export async function openDockerEngine(options: DockerEngineOptions): Promise<Engine> {
  const compiled = compileOptions(options);
  const directory = join(compiled.dataDirectory, 'docker');
  const warn = (words: string) => compiled.logger.warn(words);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const epochFile = join(directory, 'epoch.json');
  enterEpoch(epochFile, compiled.session, warn);
  const files = new TaskFiles(join(directory, 'tasks'), warn);
  const found = files.open();
  const daemon = new Daemon(await chooseSocket(compiled.sockets, compiled.clock), compiled.clock);
  const gpus = await findGpus(compiled.gpus === 'found' ? undefined : compiled.gpus, warn);
  const engine = new DockerEngine({ options: compiled, epochFile, files, daemon, gpus });
  await engine.open(found);
  return engine;
}

interface EngineParts {
  readonly options: CompiledOptions;
  readonly epochFile: string;
  readonly files: TaskFiles;
  readonly daemon: Daemon;
  readonly gpus: readonly Gpu[];
}

class DockerEngine implements Engine {
  readonly kind = 'docker';
  readonly #options: CompiledOptions;
  readonly #highestEpoch: () => number;
  readonly #files: TaskFiles;
  readonly #daemon: Daemon;
  readonly #api: ContainerApi;
  readonly #reach: Reach;
  readonly #events = new UnreleasedEvents();
  readonly #entered = new EnteredCommands();
  readonly #around: TaskSurroundings;
  readonly #holders: TaskHolders;
  readonly #networks: NodeNetworks;
  readonly #gpus: GpuAssignments;
  readonly #gpuCount: number;
  readonly #capabilities: EngineCapabilities;
  readonly #tasks = new Map<TaskId, DockerTask>();
  /** Starts that are not answered yet. */
  readonly #arriving = new Map<TaskId, Promise<StartResult>>();
  /** Tasks that were over before this server, and tombstones. */
  readonly #over = new Map<TaskId, TaskFile>();
  #takenOver = false;
  #closed: string | undefined;

  constructor({ options, epochFile, files, daemon, gpus }: EngineParts) {
    this.#options = options;
    this.#highestEpoch = epochReader(epochFile);
    this.#files = files;
    this.#daemon = daemon;
    this.#api = new ContainerApi(daemon);
    this.#reach = new Reach(daemon, options.clock);
    this.#gpus = new GpuAssignments(gpus);
    const installation = options.session.installationId;
    this.#holders = new TaskHolders({ installation, daemon, api: this.#api });
    this.#networks = new NodeNetworks({
      ...{ installation, holders: this.#holders, networks: new NetworkApi(daemon), reach: this.#reach },
      ...{ clock: options.clock, logger: options.logger, range: options.gangSubnets },
      codeCache: join(options.dataDirectory, 'docker', 'code-cache'),
    });
    this.#gpuCount = gpus.length;
    const withHost = options.hostNamespaces ? {} : { host: hostNotShared };
    this.#capabilities = {
      ...plainCapabilities,
      devices: true,
      devicePermissions: true,
      gpus: gpus.length > 0,
      registryCredentials: true,
      logDrivers: ['awslogs', 'json-file', 'journald', 'syslog', 'gelf', 'fluentd', 'splunk'],
      nodes: true,
      unshared: { ipc: withHost, pid: withHost },
    };
    this.#around = this.#surroundings();
  }

  /**
   * Takes over what is on record, and, once the daemon answers, what is there. Called once, before anything else. A daemon that
   * does not answer, or is slow, does not keep the server from opening.
   */
  async open(found: ReadonlyMap<TaskId, TaskFile>): Promise<void> {
    const unended = new Map<TaskId, TaskFile>();
    for (const [taskId, file] of found) {
      if (file.ended) this.#bury(taskId, file);
      else unended.set(taskId, file);
    }
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(dockerLimits.takeOverMs, late.resolve);
    const words = await this.#reach.check().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    const whole = this.#takeOver(unended);
    if (words === undefined) await Promise.race([whole, late.promise]);
    cancel();
    if (!this.#takenOver) this.#options.logger.warn(`${words ?? this.#silence}; the server opens without it`);
  }

  async #takeOver(unended: ReadonlyMap<TaskId, TaskFile>): Promise<void> {
    try {
      const tasks = await this.#reach.insist(() =>
        takeOver(unended, {
          installation: this.#options.session.installationId,
          api: this.#api,
          around: this.#around,
          isOver: (taskId) => this.#over.has(taskId),
        }),
      );
      for (const { task } of tasks) {
        this.#tasks.set(task.taskId, task);
        if (task.record.gpuIds) this.#gpus.restore(task.taskId, task.record.gpuIds);
      }
      this.#takenOver = true;
      for (const { begin } of tasks) begin();
      this.#sweepNetworks();
    } catch (error) {
      // It answers others: this is asked of it again.
      if (error instanceof DaemonLate) return this.#takeOver(unended);
      if (!(error instanceof EngineUnavailable))
        this.#options.logger.warn(`tasks could not be taken over: ${String(error)}`);
      this.#closed ??= `tasks of the server before this one could not be taken over: ${String(error)}`;
    }
  }

  /** A daemon that is gone has nothing that could be swept now: the next server does. */
  #sweepNetworks(): void {
    this.#networks.sweep().catch((error: unknown) => {
      this.#options.logger.warn(`networks of jobs that have ended may be left at the daemon: ${String(error)}`);
    });
  }

  async describe(): Promise<EngineDescription> {
    const unavailable = this.#closed ?? (await this.#whyNot());
    const facts = this.#reach.lastFacts;
    const name = facts?.product === 'podman' ? 'Podman' : 'Docker';
    const { instanceId: instance, capacity } = this.#options;
    return {
      kind: 'docker',
      version: facts ? `${name} ${facts.version}` : 'unknown',
      isolation: facts
        ? `${name}: containers with pid, mount and ipc namespaces of their own in this machine's network${facts.rootless ? ', rootless' : ''}`
        : 'unknown',
      enforced: facts?.limits ?? { memory: false, cpu: false, pids: false },
      pools: [{ id: 'host', capacity: { ...capacity, gpus: this.#gpuCount }, shrinks: true, instance }],
      capabilities: this.#capabilities,
      ...(unavailable === undefined ? {} : { unavailable }),
    };
  }

  async #whyNot(): Promise<string | undefined> {
    try {
      await this.#reach.check();
      await this.#reach.facts();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return this.#takenOver ? this.#shortage() : this.#silence;
  }

  get #silence(): string {
    return `the container daemon at ${this.#daemon.socket} has not said yet what runs there`;
  }

  async start(task: TaskSpec): Promise<StartResult> {
    this.#checkOpen();
    const refusal = refusalOf(task, this.#capabilities);
    if (refusal) return refusal;
    const known = this.#known(task.taskId);
    if (known) return known;
    this.#checkTakenOver();
    // Whoever asks meanwhile hears the same: what is declined to one must not be claimed by the other.
    const first = this.#arriving.get(task.taskId);
    if (first) return first.then((answer) => (answer === 'accepted' ? 'already' : answer));
    const arriving = this.#arrive(task).finally(() => this.#arriving.delete(task.taskId));
    this.#arriving.set(task.taskId, arriving);
    return arriving;
  }

  async #arrive(task: TaskSpec): Promise<StartResult> {
    const facts = await this.#factsForStart().catch((error: unknown) => {
      const known = this.#known(task.taskId);
      if (known) return known;
      this.#checkOpen();
      throw new StartDeclined(unavailableFor(error).message, { cause: error });
    });
    if (typeof facts === 'string') return facts;
    return this.#known(task.taskId) ?? (await this.#claim(task, facts));
  }

  /** Rejects where nothing can be started now. */
  async #factsForStart(): Promise<DaemonFacts> {
    const shortage = this.#shortage();
    if (shortage !== undefined) throw new EngineUnavailable(shortage);
    await this.#reach.check();
    return this.#reach.facts();
  }

  outlook(container: ContainerOutline): ContainerOutlook {
    const rules = mountRules(this.#options, this.#daemon.socket);
    return outlookOf(container, { options: this.#options, rules, facts: this.#reach.lastFacts });
  }

  #known(taskId: TaskId): 'already' | 'tombstone' | undefined {
    const file = this.#over.get(taskId);
    if (file) return file.record ? 'already' : 'tombstone';
    const task = this.#tasks.get(taskId);
    return task && (task.state === 'tombstone' ? 'tombstone' : 'already');
  }

  async #claim(asked: TaskSpec, facts: DaemonFacts): Promise<StartResult> {
    const spec = this.#gpus.assign(asked);
    if (!spec) return { kind: 'failed', reason: gpusAreHeld };
    const notes = [...(asked.notes ?? []), ...daemonNotes(asked, facts)];
    const record = recordOf({ ...spec, notes }, spec.gpus ?? []);
    const task = new DockerTask(record, { formatVersion: 1, record }, this.#around);
    this.#tasks.set(spec.taskId, task);
    const claimed = task.claim();
    task.run(spec, claimed);
    try {
      await claimed;
    } catch (error) {
      this.#tasks.delete(spec.taskId);
      this.#gpus.release(spec.taskId);
      throw unavailableFor(error);
    }
    return 'accepted';
  }

  async stop(taskId: TaskId, grace: Milliseconds): Promise<void> {
    this.#checkTakenOver();
    if (this.#over.has(taskId)) return;
    const task = this.#tasks.get(taskId);
    try {
      if (task) await task.stop(grace);
      else await this.#leaveTombstone(taskId);
    } catch (error) {
      throw unavailableFor(error);
    }
  }

  async #leaveTombstone(taskId: TaskId): Promise<void> {
    const at = this.#options.clock.now();
    const statusReason = statusReasons.stopped;
    const ended: EndedEvent = {
      ...{ kind: 'ended', taskId, sequence: 1, at, cause: 'stopped', statusReason },
      ...{ containers: [], notes: [] },
    };
    const file: TaskFile = { formatVersion: 1, ended };
    // At once: a start that comes before it is on record must find it, too.
    this.#over.set(taskId, file);
    try {
      await this.#files.write(taskId, file);
    } catch (error) {
      this.#over.delete(taskId);
      throw error;
    }
    this.#events.add(ended);
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    this.#checkOpen();
    return this.#events.stream(signal);
  }

  async release(taskId: TaskId): Promise<void> {
    this.#checkTakenOver();
    const last = this.#events.last(taskId);
    if (!last || last.kind === 'running') return;
    const record = this.#over.get(taskId)?.record;
    const task =
      this.#tasks.get(taskId) ?? (record && new DockerTask(record, { formatVersion: 1, record }, this.#around));
    try {
      await task?.discard();
      task?.discardLate();
      await this.#files.remove(taskId);
    } catch (error) {
      throw unavailableFor(error);
    }
    this.#tasks.delete(taskId);
    this.#over.delete(taskId);
    this.#events.release(taskId);
  }

  async recover(): Promise<readonly RecoveredTask[]> {
    this.#checkTakenOver();
    const over = [...this.#over].map(
      ([taskId, { record }]) => ({ taskId, state: record ? 'ended' : 'tombstone' }) as const,
    );
    return [...over, ...[...this.#tasks.values()].map(({ taskId, state }) => ({ taskId, state }))];
  }

  async originOf(taskId: TaskId): Promise<TaskOrigin | undefined> {
    this.#checkTakenOver();
    return (this.#tasks.get(taskId)?.record ?? this.#over.get(taskId)?.record)?.origin;
  }

  async usage(taskIds: readonly TaskId[]): Promise<UsageAnswer> {
    this.#checkTakenOver();
    const tasks = taskIds.flatMap((taskId) => this.#tasks.get(taskId) ?? []);
    return usageOf(tasks, this.#daemon, this.#options.clock);
  }

  async enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
    this.#checkTakenOver();
    const task = this.#tasks.get(taskId);
    if (!task) return commandRefused(`task ${taskId} is not running`);
    const container = await task.entrance(request.container);
    if ('kind' in container) return container;
    const product = this.#reach.lastFacts?.product;
    const around = { daemon: this.#daemon, product, clock: this.#options.clock };
    const entered = await enterContainer(container, request, around);
    return this.#entered.keep(taskId, entered);
  }

  preparation(taskId: TaskId): string | undefined {
    return this.#tasks.get(taskId)?.preparation;
  }

  async close(): Promise<void> {
    this.#entered.endAll();
    this.#closed ??= 'the engine is closed';
    this.#reach.close();
    for (const task of this.#tasks.values()) task.close();
    this.#networks.close();
    this.#around.kernelLog.close();
    this.#daemon.close();
    await this.#files.idle();
  }

  #bury(taskId: TaskId, file: TaskFile): void {
    this.#over.set(taskId, file);
    if (file.running) this.#events.add(file.running);
    if (file.ended) this.#events.add(file.ended);
  }

  #surroundings(): TaskSurroundings {
    const options = this.#options;
    const { session, clock, instanceId, logRoot, logger, pull: policy, rewrites, logins } = options;
    const images = new ImagePulls({ daemon: this.#daemon, clock, policy, rewrites, logins });
    return {
      ...{ clock, instanceId, logRoot, logger, images },
      api: this.#api,
      reach: this.#reach,
      processes: new ContainerProcesses(),
      kernelLog: new KernelLog(),
      files: this.#files,
      places: new Slots(dockerLimits.startsAtOnce),
      nameOf: (taskId, index) => containerName(session.installationId, taskId, index),
      networks: this.#networks,
      holders: this.#holders,
      bodiesOf: (spec, record, networkMode) => {
        const namespaces = namespacesOf(record, networkMode, this.#holders.nameOf(record.taskId));
        return taskBodies(spec, record, {
          ...{ options, images, facts: this.#reach.lastFacts, namespaces, socket: this.#daemon.socket },
        });
      },
      removeRest: async (record) => {
        const volumes = volumesOf(session.installationId, record.taskId, record.volumes ?? []);
        for (const volume of volumes.values()) await this.#api.removeVolume(volume);
        const node = nodeOf(record);
        if (node) await this.#networks.leave(node);
        else if (isHeld(record)) await this.#holders.remove(record.taskId);
      },
      report: (event) => {
        if (event.kind !== 'running') {
          this.#gpus.release(event.taskId);
          this.#entered.end(event.taskId);
        }
        this.#events.add(event);
      },
    };
  }

  #shortage(): string | undefined {
    const { dataDirectory, minimumFreeBytes } = this.#options;
    const { bavail, bsize } = statfsSync(dataDirectory);
    if (bavail * bsize >= minimumFreeBytes) return undefined;
    const [free, least] = [bavail * bsize, minimumFreeBytes].map((bytes) => Math.floor(bytes / 1024 ** 2));
    return `${free} MiB of disk are free where Batchyard keeps its data; jobs start again above ${least} MiB`;
  }

  #checkTakenOver(): void {
    this.#checkOpen();
    if (!this.#takenOver) throw new EngineUnavailable(this.#silence);
  }

  /** A server of a later epoch has its tasks now. */
  #checkOpen(): void {
    if (this.#closed === undefined && this.#highestEpoch() > this.#options.session.epoch)
      this.#closed = `another server has taken over since epoch ${this.#options.session.epoch}`;
    if (this.#closed !== undefined) throw new EngineUnavailable(this.#closed);
  }
}

/** It fails the one task: as a shortage of the engine it would keep all others of the machine waiting. */
const gpusAreHeld = cannotStartContainer('tasks that no job knows of still hold GPUs').message;

/** What the file system refuses is the engine's want, and no task's. */
function unavailableFor(error: unknown): Error {
  if (error instanceof EngineUnavailable) return error;
  return new EngineUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
