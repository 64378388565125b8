import assert from 'node:assert/strict';
import type { TaskId } from '../core/ids.ts';
import { newTaskId, SystemRandom } from '../core/random.ts';
import type { ContainerSpec, Engine, EngineEvent, TaskSpec } from './contract.ts';

/** What a task of the suite does. Each harness says it in its engine's own terms. */
export type Behaviour =
  | { readonly kind: 'exit'; readonly code: number }
  /** Ends itself by SIGKILL. */
  | { readonly kind: 'killed' }
  /** Runs until stopped; SIGTERM ends it. */
  | { readonly kind: 'run' }
  /** Runs until stopped; on SIGTERM it exits with `code`. */
  | { readonly kind: 'trap'; readonly code: number }
  /** Runs until killed; SIGTERM does nothing. */
  | { readonly kind: 'stubborn' }
  /** Exits with a code once another container of its task is ready. */
  | { readonly kind: 'follow'; readonly code: number; readonly container: string }
  /** Writes the numbers from 1 to `lines`, one a line, and exits 0 at once. */
  | { readonly kind: 'print'; readonly lines: number }
  /** Its command does not exist. */
  | { readonly kind: 'cannot-start' };

/** What nodes of gangs do in the cases below, in an engine's own terms. */
export interface NodeActs {
  /** Listens on a port of its choice until stopped, and answers whoever connects with its task's id. It is `ready` once it does. */
  listener(taskId: TaskId): ContainerSpec;
  /** Connects at `address` to the port that the listener of `other` has: exits 0 if that one answers, else 1. */
  caller(taskId: TaskId, other: TaskId, address: string): ContainerSpec;
  /** What there still is on the host of the networks that these tasks had, in words. */
  leftOf(taskIds: readonly TaskId[]): Promise<readonly string[]>;
}

/** One host with one engine. Servers come and go; it stays. */
export interface EngineWorld {
  /** Opens the engine as a server of that epoch. */
  open(epoch: number, installationId?: string): Promise<Engine>;
  /** The server dies without a word to the engine. */
  crashServer(engine: Engine): Promise<void>;
  /** Whatever keeps the tasks dies, and they with it. */
  crashEngine(): Promise<void>;
  /** The engine takes a task, and what would run it dies before that begins. Answers how it comes back. Absent: it never does that. */
  going?(this: void, engine: Engine, task: TaskSpec): Promise<() => Promise<void>>;
  /** A container that behaves so, for a task of that id; it writes to the log stream of that name. */
  container(taskId: TaskId, behaviour: Behaviour, name?: string): ContainerSpec;
  /** Resolves when a container of a task runs and has set its traps. @default the first that has */
  ready(taskId: TaskId, container?: string): Promise<void>;
  /** What the task has written to its log stream, line by line. */
  text(taskId: TaskId): Promise<readonly string[]>;
  /** How often the task has really been started. */
  starts(taskId: TaskId): Promise<number>;
  /** Absent where nodes have no real network. */
  readonly nodes?: NodeActs;
  dispose(): Promise<void>;
}

/** Makes worlds of one kind of engine. */
export interface EngineHarness {
  createWorld(): Promise<EngineWorld>;
  /** Why this engine cannot be tested on this host; the suite is then skipped under that name. */
  readonly skip?: string;
  /** Its worlds have `going`. */
  readonly goes?: true;
  /** Its nodes run nowhere, and so have no network that could be tried. */
  readonly playsNodes?: true;
}

/** One world and the server that has its engine now. */
export class Stage {
  #world: EngineWorld | undefined;
  #engine: Engine | undefined;
  #log: EventLog | undefined;
  epoch = 1;

  get world(): EngineWorld {
    return opened(this.#world);
  }

  get engine(): Engine {
    return opened(this.#engine);
  }

  get log(): EventLog {
    return opened(this.#log);
  }

  async open(harness: EngineHarness): Promise<void> {
    this.#world = await harness.createWorld();
    await this.#openServer();
  }

  async close(): Promise<void> {
    this.log.close();
    await this.engine.close();
    await this.world.dispose();
  }

  spec(...behaviours: readonly Behaviour[]): TaskSpec {
    return makeTask(this.world, behaviours);
  }

  async run(behaviour: Behaviour): Promise<TaskSpec> {
    const task = this.spec(behaviour);
    assert.equal(await this.engine.start(task), 'accepted');
    return task;
  }

  async restartServer(): Promise<void> {
    await this.world.crashServer(this.engine);
    await this.openNextServer();
  }

  /** A server of the next epoch, whatever the one before does. */
  async openNextServer(): Promise<void> {
    this.log.close();
    this.epoch += 1;
    await this.#openServer();
  }

  async #openServer(): Promise<void> {
    this.#engine = await this.world.open(this.epoch);
    this.#log = new EventLog(this.#engine);
  }
}

function opened<T>(value: T | undefined): T {
  assert.ok(value, 'the world could not be made');
  return value;
}

/** A test that waits for longer than this waits for something that does not come. */
export const limit = { timeout: 240_000 };

export type EndedEvent = Extract<EngineEvent, { kind: 'ended' }>;
export type RunningEvent = Extract<EngineEvent, { kind: 'running' }>;
export type GivenBackEvent = Extract<EngineEvent, { kind: 'given-back' }>;

/** Reads an engine's reports and lets a test wait for them. */
export class EventLog {
  readonly #stop = new AbortController();
  readonly #events: EngineEvent[] = [];
  #waiting: (() => void)[] = [];

  constructor(engine: Engine) {
    void this.#read(engine.events(this.#stop.signal));
  }

  /** The terminal report of a task, when it comes. */
  async ended(taskId: TaskId): Promise<EndedEvent> {
    return this.#find((event): event is EndedEvent => event.taskId === taskId && event.kind === 'ended');
  }

  async running(taskId: TaskId): Promise<RunningEvent> {
    return this.#find((event): event is RunningEvent => event.taskId === taskId && event.kind === 'running');
  }

  async givenBack(taskId: TaskId): Promise<GivenBackEvent> {
    return this.#find((event): event is GivenBackEvent => event.taskId === taskId && event.kind === 'given-back');
  }

  /** What has come of a task so far. */
  of(taskId: TaskId): EngineEvent[] {
    return this.#events.filter((event) => event.taskId === taskId);
  }

  close(): void {
    this.#stop.abort();
  }

  async #find<Found extends EngineEvent>(wanted: (event: EngineEvent) => event is Found): Promise<Found> {
    for (;;) {
      const found = this.#events.find(wanted);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #read(events: AsyncIterable<EngineEvent>): Promise<void> {
    for await (const event of events) {
      this.#events.push(event);
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    }
  }
}

const random = new SystemRandom();
let made = 0;

/** A fresh task id. */
export function newId(): TaskId {
  made += 1;
  return newTaskId(1_700_000_000_000 + made, random);
}

/** A task of one container for each behaviour. */
export function makeTask(world: EngineWorld, behaviours: readonly Behaviour[]): TaskSpec {
  const taskId = newId();
  const containers = behaviours.map((behaviour, index) => world.container(taskId, behaviour, `c${index}`));
  return { formatVersion: 1, taskId, label: 'conformance', containers, stopGrace: 60_000 };
}

/** The same task, of whose containers those named are side-cars. */
export function withSideCars(task: TaskSpec, ...names: readonly string[]): TaskSpec {
  const containers = task.containers.map((one) => ({ ...one, essential: !names.includes(one.name) }));
  return { ...task, containers };
}

/** The outcome of a report's only or first container. */
export function outcome(ended: EndedEvent): EndedEvent['containers'][number] {
  const [first] = ended.containers;
  assert.ok(first, 'the report has no container');
  return first;
}

export async function stateOf(engine: Engine, taskId: TaskId): Promise<string | undefined> {
  return (await engine.recover()).find((task) => task.taskId === taskId)?.state;
}

/** The terminal report of a task as a new reader gets it. */
export async function replay(engine: Engine, taskId: TaskId): Promise<EndedEvent> {
  const again = new EventLog(engine);
  try {
    return await again.ended(taskId);
  } finally {
    again.close();
  }
}
