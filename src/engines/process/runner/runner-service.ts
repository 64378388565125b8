import type { Socket } from 'node:net';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { InstallationId, Milliseconds, TaskId } from '../../../core/ids.ts';
import { pause } from '../../../core/pause.ts';
import type { EngineEvent } from '../../contract.ts';
import { commandRefused } from '../../entered-command.ts';
import type { TaskWithGpus } from '../../gpus.ts';
import type { TaskUsage } from '../../task-usage.ts';
import { DiskGuard } from '../container/disk-guard.ts';
import type { FifoPool } from '../container/fifo-pool.ts';
import { OutputTurns } from '../container/output-turns.ts';
import { errorWords, isShortage } from '../errors.ts';
import { forgetCgroups, prepareCgroups } from '../host/cgroup-probe.ts';
import { DescriptorBudget, openFilesLimit } from '../host/descriptor-budget.ts';
import { startTimeOf } from '../host/proc.ts';
import { SessionScan } from '../host/session-scan.ts';
import { asSeenByRunner } from '../layout.ts';
import { processLimits } from '../limits.ts';
import { GangNetworks } from '../network/gang-networks.ts';
import { withSharedMemory } from '../sharing/shared-memory.ts';
import { TaskNamespaces } from '../sharing/task-namespaces.ts';
import { endOfUnstarted } from '../task/reports.ts';
import { forgetScratchRoot, makeScratchRoot, removeScratch } from '../task/scratch.ts';
import { isTaskId, type TaskFiles } from '../task/task-files.ts';
import { descriptorUsersOf, TaskRun } from '../task/task-run.ts';
import { scratchOf } from '../task/volumes.ts';
import {
  encodeMessage,
  MessageDecoder,
  protocolVersion,
  type RunnerMessage,
  type RunnerResults,
  type RunnerTask,
  type ServerMessage,
} from './protocol.ts';
import type { RunnerConfig } from './runner-config.ts';

/** What the runner's process gives to its service. */
export interface RunnerSetting {
  readonly installationId: InstallationId;
  readonly clock: Clock;
  /** The highest epoch of a server that has opened the engine, be it connected or not. */
  readonly highestEpoch: () => number;
  readonly files: TaskFiles;
  readonly fifos: FifoPool;
  readonly bootId: string;
  /** A directory of compiled code, for the runner's own children. */
  readonly codeCache: string;
  readonly idleMs: Milliseconds;
  /** Called when there has been neither server nor running task for `idleMs`, or for longer if none has come yet. */
  readonly onIdle: () => void;
  /** For the runner's log: what nobody else would hear of. */
  readonly onProblem: (words: string) => void;
}

interface KnownTask {
  /** Absent for a tombstone. */
  readonly run?: TaskRun;
  /** Named as a runner does: they outlive a rename of the data directory. */
  readonly scratch: readonly string[];
  readonly events: EngineEvent[];
  /** While its claim is given up. Once that is done, it is as if it had never been asked for. */
  readonly leaving?: Promise<void>;
}

interface Configured {
  readonly config: RunnerConfig;
  readonly disk: DiskGuard;
}

/** The runner's side of the protocol: starts, stops and releases tasks, and tells the one server that it serves. */
export class RunnerService {
  readonly #setting: RunnerSetting;
  readonly #tasks = new Map<TaskId, KnownTask>();
  readonly #sessions = new SessionScan();
  readonly #turns = new OutputTurns();
  readonly #networks: GangNetworks;
  readonly #descriptors = new DescriptorBudget();
  #epoch = -1;
  #server: Socket | undefined;
  #hasServed = false;
  #configured: Configured | undefined;
  #cancelIdle: CancelTimer | undefined;

  constructor(setting: RunnerSetting) {
    this.#setting = setting;
    this.#networks = new GangNetworks(setting);
    this.#watchIdleness();
  }

  /** Serves a new connection once it has said hello. */
  accept(socket: Socket): void {
    socket.setEncoding('utf8');
    const decoder = new MessageDecoder<ServerMessage>((message) => this.#take(socket, message));
    socket.on('data', (text: string) => {
      try {
        decoder.push(text);
      } catch (error) {
        this.#setting.onProblem(`a connection was closed: ${errorWords(error)}`);
        // In words: a runner that only hangs up is taken for dead.
        this.#refuse(socket, errorWords(error));
      }
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      if (this.#server === socket) this.#server = undefined;
      this.#watchIdleness();
    });
  }

  /** Leaves nothing of its own on the host; called before the process ends. */
  close(): void {
    this.#configured?.disk.close();
    if (!this.#configured) return;
    forgetCgroups(this.#configured.config.host.cgroups);
    forgetScratchRoot(this.#configured.config.host.scratch);
  }

  #take(socket: Socket, message: ServerMessage): void {
    if (message.kind === 'hello') this.#welcome(socket, message);
    else if (socket !== this.#server) this.#refuse(socket, 'another server has taken over');
    else this.#answer(socket, message);
  }

  #welcome(socket: Socket, hello: Extract<ServerMessage, { kind: 'hello' }>): void {
    const refusal = this.#refusalOf(hello);
    if (refusal !== undefined) {
      this.#refuse(socket, refusal);
      return;
    }
    this.#configure(hello.config);
    if (this.#server && this.#server !== socket)
      this.#refuse(this.#server, `a server of epoch ${hello.epoch} has taken over`);
    this.#epoch = hello.epoch;
    this.#server = socket;
    this.#hasServed = true;
    this.#watchIdleness();
    const events = [...this.#tasks.values()].flatMap((task) => task.events);
    const startTime = startTimeOf(process.pid) ?? 0;
    const openFiles = openFilesLimit();
    this.#tell({
      kind: 'welcome',
      protocol: protocolVersion,
      pid: process.pid,
      startTime,
      ...(Number.isFinite(openFiles) ? { openFiles } : {}),
      tasks: this.#list(),
      events,
    });
  }

  #refusalOf(hello: Extract<ServerMessage, { kind: 'hello' }>): string | undefined {
    if (hello.protocol !== protocolVersion) return `protocol ${hello.protocol} is not ${protocolVersion}`;
    if (hello.installationId !== this.#setting.installationId) return 'this runner belongs to another installation';
    const highest = Math.max(this.#epoch, this.#setting.highestEpoch());
    return hello.epoch < highest ? `epoch ${hello.epoch} is older than ${highest}` : undefined;
  }

  #refuse(socket: Socket, reason: string): void {
    socket.end(encodeMessage({ kind: 'refused', reason }));
    if (socket === this.#server) this.#server = undefined;
  }

  #configure(config: RunnerConfig): void {
    prepareCgroups(config.host.cgroups);
    makeScratchRoot(config.host.scratch);
    const disk = this.#configured?.disk ?? new DiskGuard('.', config.minimumFreeBytes, this.#setting.clock);
    disk.demand(config.minimumFreeBytes);
    this.#configured = { config, disk };
  }

  /** With the GPUs of those that have no record yet, too: a node's network is made before. */
  #list(): RunnerTask[] {
    return [...this.#tasks].flatMap(([taskId, { run, leaving }]): RunnerTask[] => {
      if (leaving) return [];
      if (!run) return [{ taskId, state: 'tombstone' }];
      return [run.hasEnded ? { taskId, state: 'ended' } : { taskId, state: 'running', ...run.gpus, ...run.images }];
    });
  }

  /** To who asked, if that is still the server: each server numbers what it asks from 1. */
  #answer(asker: Socket, message: Exclude<ServerMessage, { kind: 'hello' }>): void {
    const { id } = message;
    const tell = (answer: Answer) => {
      if (asker === this.#server) this.#tell({ ...answer, id });
    };
    this.#handle(asker, message).then(tell, (error: unknown) => {
      this.#setting.onProblem(`${message.kind} failed: ${error instanceof Error ? error.stack : String(error)}`);
      tell({ kind: 'unavailable', reason: errorWords(error) });
    });
  }

  async #handle(asker: Socket, message: Exclude<ServerMessage, { kind: 'hello' }>): Promise<Answer> {
    switch (message.kind) {
      case 'start':
        return this.#start(asker, message.task);
      case 'stop':
        await this.#stop(message.taskId, message.grace);
        return done;
      case 'release':
        await this.#release(message.taskId);
        return done;
      case 'usage':
        return answer(this.#usage(message.taskIds));
      case 'entrance':
        return answer(this.#entrance(message.taskId, message.container));
      default:
        return message satisfies never;
    }
  }

  async #start(asker: Socket, spec: TaskWithGpus): Promise<Answer> {
    const { taskId } = spec;
    const leaving = this.#tasks.get(taskId)?.leaving;
    if (leaving) {
      await leaving;
      if (asker !== this.#server) return { kind: 'unavailable', reason: 'another server has taken over' };
    }
    const configured = this.#configured;
    if (!configured || !isTaskId(taskId)) return { kind: 'unavailable', reason: `${taskId} cannot be started here` };
    if (this.#setting.highestEpoch() > this.#epoch)
      return { kind: 'unavailable', reason: 'a newer server has taken over' };
    const known = this.#tasks.get(taskId);
    if (known) return answer(known.run ? 'already' : 'tombstone');
    const shortage =
      configured.disk.shortage() ?? this.#descriptors.shortage(this.#descriptorUsers(), descriptorUsersOf(spec));
    if (shortage !== undefined) return { kind: 'unavailable', reason: shortage };
    if (!this.#setting.files.claim(taskId))
      return answer(this.#setting.files.isTombstone(taskId) ? 'tombstone' : 'already');
    failpoint('runner.claimed');
    return this.#run(asker, spec, configured);
  }

  async #run(asker: Socket, asked: TaskWithGpus, { config, disk }: Configured): Promise<Answer> {
    const spec = withSharedMemory(asked, config.host.sandbox);
    let shared: TaskNamespaces | undefined;
    const { clock, files, fifos, bootId, onProblem } = this.#setting;
    const events: EngineEvent[] = [];
    const report = (event: EngineEvent) => {
      events.push(event);
      this.#tell({ kind: 'event', event });
      if (event.kind !== 'ended') return;
      this.#networks.leave(event.taskId);
      void shared?.close();
      this.#watchIdleness();
    };
    const shares = { sessions: this.#sessions, turns: this.#turns };
    const run = new TaskRun(spec, { clock, files, fifos, bootId, config, disk, ...shares, report, onProblem });
    const scratch = scratchOf(spec, config).map((path) => asSeenByRunner(config.dataDirectory, path));
    const known: KnownTask = { run, scratch, events };
    this.#tasks.set(spec.taskId, known);
    this.#watchIdleness();
    for (;;) {
      try {
        const listener = spec.jobListener && { ...spec.jobListener, identity: config.identity };
        const network = spec.gang && (await this.#networks.join(spec.taskId, spec.gang, config.host, listener));
        failpoint('runner.network-made');
        shared = await TaskNamespaces.make(spec, config, network);
        run.start(network, shared);
        return answer('accepted');
      } catch (error) {
        if (!isShortage(error)) {
          run.refuse(error);
          return answer('accepted');
        }
        const cleared = this.#clear(spec.taskId, known, shared);
        // A server that has come meanwhile has heard of it, and waits for its end.
        if (this.#server === undefined || this.#server === asker) {
          await this.#unclaim(spec.taskId, known, cleared);
          return { kind: 'unavailable', reason: errorWords(error) };
        }
        await cleared;
        await pause(clock, processLimits.startAgainMs);
      }
    }
  }

  /** Resolves once nothing is left of a start for which there was no room. */
  async #clear(taskId: TaskId, { run, scratch }: KnownTask, shared: TaskNamespaces | undefined): Promise<void> {
    await shared?.close();
    this.#networks.leave(taskId);
    await run?.gone;
    for (const path of scratch) await removeScratch(path);
  }

  /** The task has not run and may be started again; who asks for that waits until nothing of it is left. */
  #unclaim(taskId: TaskId, known: KnownTask, cleared: Promise<void>): Promise<void> {
    const leaving = cleared.then(async () => {
      await this.#setting.files.remove(taskId);
      this.#tasks.delete(taskId);
      this.#watchIdleness();
    });
    this.#tasks.set(taskId, { ...known, leaving });
    return leaving;
  }

  #descriptorUsers(): number {
    let count = 0;
    for (const { run } of this.#tasks.values()) if (run && !run.hasEnded) count += run.descriptorUsers;
    return count;
  }

  async #stop(taskId: TaskId, grace: Milliseconds): Promise<void> {
    const leaving = this.#tasks.get(taskId)?.leaving;
    if (leaving) await leaving;
    const known = this.#tasks.get(taskId);
    if (known) known.run?.stop(grace);
    else if (this.#setting.files.claim(taskId)) this.#bury(taskId);
  }

  #usage(taskIds: readonly TaskId[]): readonly TaskUsage[] {
    return taskIds.flatMap((taskId) => {
      const run = this.#tasks.get(taskId)?.run;
      return run && !run.hasEnded ? [{ taskId, containers: run.usage() }] : [];
    });
  }

  #entrance(taskId: TaskId, container: string | undefined): RunnerResults['entrance'] {
    const run = this.#tasks.get(taskId)?.run;
    return run?.entrance(container) ?? commandRefused(`task ${taskId} is not running`);
  }

  #bury(taskId: TaskId): void {
    const end = endOfUnstarted(taskId, this.#setting.clock.now());
    this.#setting.files.end(end, true);
    this.#tasks.set(taskId, { scratch: [], events: [end] });
    this.#tell({ kind: 'event', event: end });
  }

  /** Scratch first: a crash in between leaves the task listed as ended, and it is released again. */
  async #release(taskId: TaskId): Promise<void> {
    const known = this.#tasks.get(taskId);
    if (!known || (known.run && !known.run.hasEnded)) return;
    known.run?.forget();
    for (const scratch of known.scratch) await removeScratch(scratch);
    await this.#setting.files.remove(taskId);
    this.#tasks.delete(taskId);
  }

  /** All that is said in one turn of the event loop goes in one write. */
  #tell(message: RunnerMessage): void {
    const server = this.#server;
    if (!server) return;
    if (server.writableCorked === 0) {
      server.cork();
      setImmediate(() => server.uncork());
    }
    server.write(encodeMessage(message));
  }

  #watchIdleness(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    const busy = this.#server !== undefined || [...this.#tasks.values()].some((task) => task.run && !task.run.hasEnded);
    const { clock, idleMs, onIdle } = this.#setting;
    const patience = this.#hasServed ? idleMs : Math.max(idleMs, processLimits.firstServerMs);
    if (!busy) this.#cancelIdle = clock.after(patience, onIdle);
  }
}

type Answer =
  | { readonly kind: 'answer'; readonly result: RunnerResults[keyof RunnerResults] }
  | { readonly kind: 'unavailable'; readonly reason: string };

const done: Answer = { kind: 'answer', result: 'done' };

function answer(result: RunnerResults[keyof RunnerResults]): Answer {
  return { kind: 'answer', result };
}
