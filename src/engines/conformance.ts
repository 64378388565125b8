import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TaskId } from '../core/ids.ts';
import { newTaskId, SystemRandom } from '../core/random.ts';
import type { ContainerSpec, Engine, EngineEvent, TaskSpec } from './contract.ts';
import { EngineUnavailable } from './contract.ts';

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
  /** Its command does not exist. */
  | { readonly kind: 'cannot-start' };

/** One host with one engine. Servers come and go; it stays. */
export interface EngineWorld {
  /** Opens the engine as a server of that epoch. */
  open(epoch: number, installationId?: string): Promise<Engine>;
  /** The server dies without a word to the engine. */
  crashServer(engine: Engine): Promise<void>;
  /** Whatever keeps the tasks dies, and they with it. */
  crashEngine(): Promise<void>;
  /** A container that behaves so, for a task of that id. */
  container(taskId: TaskId, behaviour: Behaviour, name?: string): ContainerSpec;
  /** Resolves when the first container of a task runs and has set its traps. */
  ready(taskId: TaskId): Promise<void>;
  /** How often the task has really been started. */
  starts(taskId: TaskId): Promise<number>;
  dispose(): Promise<void>;
}

/** Makes worlds of one kind of engine. */
export interface EngineHarness {
  createWorld(): Promise<EngineWorld>;
  /** Why this engine cannot be tested on this host; the suite is then skipped under that name. */
  readonly skip?: string;
}

/** The rules that every engine keeps. */
export function engineConformance(name: string, harness: EngineHarness): void {
  describe(`${name} keeps the engine contract`, { skip: harness.skip ?? false }, () => {
    const stage = new Stage();
    before(() => stage.open(harness));
    after(() => stage.close());
    for (const cases of [reportsEndings, startsOnce, stops, keepsReports, survivesServers, refusesAndLoses])
      cases(stage);
  });
}

/** One world and the server that has its engine now. */
class Stage {
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

function reportsEndings(stage: Stage): void {
  test('a task that exits 0 is reported running, then ended, once each', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 0 });
    const ended = await stage.log.ended(taskId);
    assert.equal(ended.cause, 'exited');
    assert.equal(outcome(ended).exitCode, 0);
    assert.equal(outcome(ended).signal, undefined);
    const kinds = stage.log.of(taskId).map(({ kind, sequence }) => [kind, sequence]);
    assert.deepEqual(kinds, [
      ['running', 1],
      ['ended', 2],
    ]);
    const { startedAt = 0, stoppedAt } = outcome(ended);
    assert.ok(startedAt > 0 && startedAt <= stoppedAt && stoppedAt <= ended.at);
  });

  test('an exit code is reported as it is', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 7 });
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode], ['exited', 7]);
  });

  test('a task that a signal ends has exit code 128 + n and the signal’s name', limit, async () => {
    const { taskId } = await stage.run({ kind: 'killed' });
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([outcome(ended).exitCode, outcome(ended).signal], [137, 'SIGKILL']);
  });

  test('a task whose command does not exist fails to start, with words and without exit code', limit, async () => {
    const { taskId } = await stage.run({ kind: 'cannot-start' });
    const ended = await stage.log.ended(taskId);
    assert.equal(ended.cause, 'failed-to-start');
    assert.equal(outcome(ended).exitCode, undefined);
    assert.match(outcome(ended).reason ?? '', /^CannotStartContainerError: \S/);
  });

  test('what the service noted of a task comes back with both of its reports', limit, async () => {
    const task = { ...stage.spec({ kind: 'exit', code: 0 }), notes: ['a field has no effect'] };
    await stage.engine.start(task);
    const ended = await stage.log.ended(task.taskId);
    assert.ok(ended.notes.includes('a field has no effect'));
    assert.ok((await stage.log.running(task.taskId)).notes.includes('a field has no effect'));
  });

  test('every container of a task has its outcome', limit, async () => {
    const task = stage.spec({ kind: 'exit', code: 0 }, { kind: 'exit', code: 4 }, { kind: 'exit', code: 5 });
    await stage.engine.start(task);
    const ended = await stage.log.ended(task.taskId);
    assert.deepEqual(
      ended.containers.map(({ name, exitCode }) => [name, exitCode]),
      [
        ['c0', 0],
        ['c1', 4],
        ['c2', 5],
      ],
    );
  });
}

function startsOnce(stage: Stage): void {
  test('starting a task twice starts it once', limit, async () => {
    const task = stage.spec({ kind: 'run' });
    const results = await Promise.all([stage.engine.start(task), stage.engine.start(task)]);
    assert.deepEqual(results.sort(), ['accepted', 'already']);
    await stage.world.ready(task.taskId);
    assert.equal(await stage.engine.start(task), 'already');
    await stage.engine.stop(task.taskId, 0);
    await stage.log.ended(task.taskId);
    assert.equal(await stage.engine.start(task), 'already');
    assert.equal(await stage.world.starts(task.taskId), 1);
  });

  test('a task that was stopped before its start never runs, and is reported ended', limit, async () => {
    const task = stage.spec({ kind: 'exit', code: 0 });
    await stage.engine.stop(task.taskId, 1000);
    const ended = await stage.log.ended(task.taskId);
    assert.equal(ended.cause, 'stopped');
    assert.equal(await stage.engine.start(task), 'tombstone');
    assert.equal(await stage.world.starts(task.taskId), 0);
    assert.deepEqual(await stateOf(stage.engine, task.taskId), 'tombstone');
  });

  test('many tasks at once all end, each with its own code', limit, async () => {
    const tasks = Array.from({ length: 64 }, (_, code) => stage.spec({ kind: 'exit', code }));
    await Promise.all(tasks.map((task) => stage.engine.start(task)));
    for (const [code, task] of tasks.entries())
      assert.equal(outcome(await stage.log.ended(task.taskId)).exitCode, code);
  });
}

function stops(stage: Stage): void {
  test('a task that traps SIGTERM and exits 7 ends stopped with 7', limit, async () => {
    const { taskId } = await stage.run({ kind: 'trap', code: 7 });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 60_000);
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode], ['stopped', 7]);
  });

  test('a task that does not mind SIGTERM ends by SIGTERM’s default', limit, async () => {
    const { taskId } = await stage.run({ kind: 'run' });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 60_000);
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode, outcome(ended).signal], ['stopped', 143, 'SIGTERM']);
  });

  test('a task that ignores SIGTERM is killed when the grace is over', limit, async () => {
    const { taskId } = await stage.run({ kind: 'stubborn' });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 50);
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode, outcome(ended).signal], ['stopped', 137, 'SIGKILL']);
  });

  test('a second stop may shorten the grace', limit, async () => {
    const { taskId } = await stage.run({ kind: 'stubborn' });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 3_600_000);
    await stage.engine.stop(taskId, 0);
    assert.equal((await stage.log.ended(taskId)).cause, 'stopped');
  });

  test('a stop right after the start ends the task, however far the start has come', limit, async () => {
    const tasks = await Promise.all(Array.from({ length: 8 }, () => stage.run({ kind: 'run' })));
    const stops = tasks.map(({ taskId }) => stage.engine.stop(taskId, 60_000));
    await Promise.all(stops);
    for (const { taskId } of tasks) assert.equal((await stage.log.ended(taskId)).cause, 'stopped');
  });

  test('stopping a task that has ended changes nothing', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 3 });
    const ended = await stage.log.ended(taskId);
    await stage.engine.stop(taskId, 0);
    assert.deepEqual(await replay(stage.engine, taskId), ended);
  });
}

function keepsReports(stage: Stage): void {
  test('reports come again to each reader until the task is released', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 0 });
    await stage.log.ended(taskId);
    assert.equal((await replay(stage.engine, taskId))?.kind, 'ended');
    await stage.engine.release(taskId);
    assert.equal(await stateOf(stage.engine, taskId), undefined);
    const marker = await stage.run({ kind: 'exit', code: 0 });
    const second = new EventLog(stage.engine);
    await second.ended(marker.taskId);
    second.close();
    assert.deepEqual(second.of(taskId), []);
  });

  test('releasing an unknown, running or released task does nothing', limit, async () => {
    await stage.engine.release(newId());
    const { taskId } = await stage.run({ kind: 'run' });
    await stage.world.ready(taskId);
    await stage.engine.release(taskId);
    assert.equal(await stateOf(stage.engine, taskId), 'running');
    await stage.engine.stop(taskId, 0);
    await stage.log.ended(taskId);
    await stage.engine.release(taskId);
    await stage.engine.release(taskId);
    assert.equal(await stateOf(stage.engine, taskId), undefined);
  });
}

function survivesServers(stage: Stage): void {
  test(
    'a task runs on when the server dies, and the next server hears of it, stops it and releases it',
    limit,
    async () => {
      const running = await stage.run({ kind: 'trap', code: 9 });
      await stage.world.ready(running.taskId);
      const finished = await stage.run({ kind: 'exit', code: 2 });
      await stage.log.ended(finished.taskId);
      await stage.restartServer();
      assert.equal(await stateOf(stage.engine, running.taskId), 'running');
      assert.equal(await stateOf(stage.engine, finished.taskId), 'ended');
      assert.equal(outcome(await stage.log.ended(finished.taskId)).exitCode, 2);
      assert.equal(await stage.engine.start(running), 'already');
      await stage.engine.stop(running.taskId, 60_000);
      assert.equal(outcome(await stage.log.ended(running.taskId)).exitCode, 9);
      await stage.engine.release(running.taskId);
      assert.equal(await stateOf(stage.engine, running.taskId), undefined);
      assert.equal(await stage.world.starts(running.taskId), 1);
    },
  );

  test('a tombstone outlives the server', limit, async () => {
    const task = stage.spec({ kind: 'exit', code: 0 });
    await stage.engine.stop(task.taskId, 0);
    await stage.restartServer();
    assert.equal(await stage.engine.start(task), 'tombstone');
    assert.equal((await stage.log.ended(task.taskId)).cause, 'stopped');
  });
}

function refusesAndLoses(stage: Stage): void {
  test('an older epoch is refused, and the server that has it learns so', limit, async () => {
    const older = stage.engine;
    await stage.openNextServer();
    await assert.rejects(older.start(stage.spec({ kind: 'exit', code: 0 })), EngineUnavailable);
    await assert.rejects(stage.world.open(stage.epoch - 1), EngineUnavailable);
    await older.close();
  });

  test('another installation is refused', limit, async () => {
    await assert.rejects(stage.world.open(stage.epoch + 1, 'another-installation'), EngineUnavailable);
  });

  test('when the engine dies its running tasks are lost, once, and ended ones are not', limit, async () => {
    const running = await stage.run({ kind: 'run' });
    await stage.world.ready(running.taskId);
    const finished = await stage.run({ kind: 'exit', code: 6 });
    await stage.log.ended(finished.taskId);
    await stage.world.crashEngine();
    const lost = await stage.log.ended(running.taskId);
    assert.equal(lost.cause, 'lost');
    assert.match(lost.statusReason, /^Host EC2 \(instance i-[0-9a-f]+\) terminated\.$/);
    assert.equal(outcome(lost).exitCode, undefined);
    assert.equal((await stage.log.ended(finished.taskId)).cause, 'exited');
    assert.equal(await stage.engine.start(running), 'already');
    assert.equal(stage.log.of(running.taskId).filter(({ kind }) => kind === 'ended').length, 1);
    const next = await stage.run({ kind: 'exit', code: 1 });
    assert.equal(outcome(await stage.log.ended(next.taskId)).exitCode, 1);
    assert.equal(await stage.world.starts(running.taskId), 1);
  });

  test('a closed engine answers nothing', limit, async () => {
    const closed = await stage.world.open(stage.epoch);
    await closed.close();
    await assert.rejects(closed.recover(), EngineUnavailable);
    await assert.rejects(closed.start(stage.spec({ kind: 'exit', code: 0 })), EngineUnavailable);
  });
}

/** A test that waits for longer than this waits for something that does not come. */
const limit = { timeout: 60_000 };

export type EndedEvent = Extract<EngineEvent, { kind: 'ended' }>;

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

  async running(taskId: TaskId): Promise<EngineEvent> {
    return this.#find((event): event is EngineEvent => event.taskId === taskId && event.kind === 'running');
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
  return { formatVersion: 1, taskId, label: 'conformance', containers };
}

/** The outcome of a report's only or first container. */
export function outcome(ended: EndedEvent): EndedEvent['containers'][number] {
  const [first] = ended.containers;
  assert.ok(first, 'the report has no container');
  return first;
}

async function stateOf(engine: Engine, taskId: TaskId): Promise<string | undefined> {
  return (await engine.recover()).find((task) => task.taskId === taskId)?.state;
}

/** The terminal report of a task as a new reader gets it. */
async function replay(engine: Engine, taskId: TaskId): Promise<EndedEvent> {
  const again = new EventLog(engine);
  try {
    return await again.ended(taskId);
  } finally {
    again.close();
  }
}
