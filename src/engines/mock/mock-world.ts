import type { Clock } from '../../core/clock.ts';
import type { Milliseconds, TaskId } from '../../core/ids.ts';
import type { ResourceRequest } from '../../core/job.ts';
import type {
  EngineCapabilities,
  EngineEvent,
  EnginePool,
  EngineSession,
  RecoveredTask,
  StartResult,
  TaskOrigin,
  TaskSpec,
} from '../contract.ts';
import { EngineUnavailable, plainCapabilities } from '../contract.ts';
import { refusalOf } from '../task-refusal.ts';
import type { UsageAnswer } from '../task-usage.ts';
import { UnreleasedEvents } from '../unreleased-events.ts';
import { MockTask } from './mock-task.ts';
import type { MockScript } from './script.ts';

/** What a mock world is made of. */
export interface MockWorldOptions {
  readonly clock: Clock;
  readonly script: MockScript;
  /** For the words of a lost attempt. @default 'i-0123456789abcdef0' */
  readonly instanceId?: string;
  /** What the host has. @default 4 vCPUs, 4 GiB of memory, no GPU */
  readonly capacity?: ResourceRequest;
  /** @default `host`, which holds tasks to what it has */
  readonly pool?: Partial<Omit<EnginePool, 'capacity' | 'instance'>>;
  /** What tasks may ask for. @default what plain containers have, and nodes that have addresses */
  readonly capabilities?: Partial<EngineCapabilities>;
}

const defaultInstance = 'i-0123456789abcdef0';

/** The host of a mock engine: it outlives the servers that open the engine, as a real one does. */
export class MockWorld {
  readonly events = new UnreleasedEvents();
  readonly #options: MockWorldOptions;
  readonly #tasks = new Map<TaskId, MockTask | 'tombstone'>();
  readonly #starts: TaskId[] = [];
  readonly #givenBack = new Set<TaskId>();
  #session: EngineSession | undefined;
  #pools: readonly EnginePool[] | undefined;

  constructor(options: MockWorldOptions) {
    this.#options = options;
  }

  get capabilities(): EngineCapabilities {
    // Nothing runs, so that nothing is kept apart.
    return { ...plainCapabilities, nodes: true, unshared: { ipc: {}, pid: {} }, ...this.#options.capabilities };
  }

  /** What the engine says of its machines from now on. */
  setPools(...pools: readonly EnginePool[]): void {
    this.#pools = pools;
  }

  get pools(): readonly EnginePool[] {
    const { pool, capacity, instanceId: instance = defaultInstance } = this.#options;
    const host = { id: 'host', shrinks: true, ...pool, instance };
    return this.#pools ?? [{ ...host, capacity: capacity ?? { vcpus: 4, memoryMiB: 4096, gpus: 0 } }];
  }

  /** Task ids in the order in which they were really started: one that stands there twice ran twice. */
  get starts(): readonly TaskId[] {
    return this.#starts;
  }

  /** Tasks that were given back and never start again: those of before a crash may. */
  get givenBack(): ReadonlySet<TaskId> {
    return this.#givenBack;
  }

  /** The engine dies with all that runs: running tasks are lost, those not yet begun are forgotten, and those given back, with their report. */
  crash(): void {
    for (const [taskId, task] of this.#tasks) {
      if (task === 'tombstone' || (task.state !== 'tombstone' && task.lose())) continue;
      this.#tasks.delete(taskId);
      this.#givenBack.delete(taskId);
      this.events.release(taskId);
    }
  }

  /** The engine goes before what it has taken has begun. */
  giveBack(reason: string): void {
    for (const task of this.#tasks.values()) if (task !== 'tombstone') task.giveBack(reason);
  }

  /** Throws `EngineUnavailable` for an older epoch than any seen, and for another installation. */
  check(session: EngineSession): void {
    const seen = this.#session;
    if (seen && seen.installationId !== session.installationId)
      throw new EngineUnavailable('another installation has this engine');
    if (seen && seen.epoch > session.epoch)
      throw new EngineUnavailable(`epoch ${session.epoch} is older than ${seen.epoch}`);
    this.#session = session;
  }

  /** Output goes to the streams of the task below `logRoot`. */
  start(spec: TaskSpec, logRoot: string): StartResult {
    const known = this.#tasks.get(spec.taskId);
    if (known) return stateOf(known) === 'tombstone' ? 'tombstone' : 'already';
    const refusal = refusalOf(spec, this.capabilities);
    if (refusal) return refusal;
    const behaviour = this.#options.script(spec);
    if (behaviour.unavailable !== undefined) throw new EngineUnavailable(behaviour.unavailable);
    if (behaviour.refused !== undefined) return { kind: 'failed', reason: behaviour.refused };
    if (behaviour.givenBack === undefined) this.#starts.push(spec.taskId);
    const { clock, instanceId = defaultInstance } = this.#options;
    const report = (event: EngineEvent) => {
      if (event.kind === 'given-back') this.#givenBack.add(event.taskId);
      this.events.add(event);
    };
    this.#tasks.set(spec.taskId, new MockTask({ spec, behaviour, clock, instanceId, logRoot, report }));
    return 'accepted';
  }

  stop(taskId: TaskId, grace: Milliseconds): void {
    const known = this.#tasks.get(taskId);
    if (known === undefined) this.#bury(taskId);
    else if (known !== 'tombstone') known.stop(grace);
  }

  release(taskId: TaskId): void {
    const known = this.#tasks.get(taskId);
    if (known === undefined || !['tombstone', 'ended'].includes(stateOf(known))) return;
    this.#tasks.delete(taskId);
    this.events.release(taskId);
  }

  list(): RecoveredTask[] {
    return [...this.#tasks].map(([taskId, task]) => ({ taskId, state: stateOf(task) }));
  }

  /** Whether a task was told to stop and has not ended yet. */
  isStopping(taskId: TaskId): boolean {
    const known = this.#tasks.get(taskId);
    return known !== undefined && known !== 'tombstone' && known.isStopping;
  }

  originOf(taskId: TaskId): TaskOrigin | undefined {
    const known = this.#tasks.get(taskId);
    return known === 'tombstone' ? undefined : known?.origin;
  }

  /** What their behaviours say, from the moment that they run: a script that says nothing is a host that measures nothing. */
  usage(taskIds: readonly TaskId[]): UsageAnswer {
    const running = taskIds.flatMap((taskId) => {
      const task = this.#tasks.get(taskId);
      return task !== undefined && task !== 'tombstone' && task.state === 'running'
        ? [{ taskId, containers: task.usage() }]
        : [];
    });
    return running.every(({ containers }) => containers.length === 0) ? 'unmeasured' : running;
  }

  #bury(taskId: TaskId): void {
    this.#tasks.set(taskId, 'tombstone');
    const at = this.#options.clock.now();
    const statusReason = 'Task stopped by request';
    this.events.add({
      kind: 'ended',
      taskId,
      sequence: 1,
      at,
      cause: 'stopped',
      statusReason,
      containers: [],
      notes: [],
    });
  }
}

function stateOf(task: MockTask | 'tombstone'): RecoveredTask['state'] {
  return task === 'tombstone' ? task : task.state;
}
