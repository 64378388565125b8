import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { InstallationId, JobId, TaskId } from '../../../core/ids.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import { silentLogger } from '../../../core/logger.ts';
import { newJobId, SystemRandom } from '../../../core/random.ts';
import { Turns } from '../../../core/turns.ts';
import {
  type Engine,
  type EngineCapabilities,
  type EngineEvent,
  type EngineKind,
  EngineUnavailable,
  type MockBehaviour,
  MockWorld,
  openMockEngine,
  type TaskSpec,
} from '../../../engines/index.ts';
import { builtInTypes } from '../../../instance-types/index.ts';
import {
  type FactConsumer,
  type JobFact,
  type JobRecord,
  Ledger,
  type LoadedState,
  Outbox,
  openMemoryStore,
  type Store,
  type StoredJob,
  withLead,
} from '../../../store/index.ts';
import {
  batchRecords,
  type ComputeEnvironmentRecord,
  type ConsumableResourceRecord,
  computeEnvironmentRecords,
  consumableResourceRecords,
  type JobQueueRecord,
  jobQueueRecords,
} from '../records.ts';
import type { Outlook } from './contract.ts';
import { FakeLogStreams } from './fake-log-streams.fixture.ts';
import { type JobPlan, newJob } from './job-plan.fixture.ts';
import { environment, queue, scope } from './resources.fixture.ts';
import { checkRig, placementOf } from './rig-checks.fixture.ts';
import { FallibleStore, ServersStore } from './stores.fixture.ts';
import type { FinishedJobRetention } from './sweeper.ts';
import type { ValueSource } from './task-secrets.ts';
import { JobYard } from './yard.ts';
import type { YardOptions } from './yard-options.ts';

export interface RigOptions {
  readonly host?: Partial<ResourceRequest>;
  readonly environments?: readonly ComputeEnvironmentRecord[];
  readonly queues?: readonly JobQueueRecord[];
  readonly consumables?: readonly ConsumableResourceRecord[];
  readonly retention?: FinishedJobRetention;
  /** Who hears of what happens to jobs. */
  readonly consumers?: readonly FactConsumer[];
  /** Engines beside `mock`, each with a host of its own. */
  readonly engines?: readonly EngineKind[];
  /** How jobs are loaded. @default as fast as can be */
  readonly slices?: FallibleStore['slices'];
  /** Where values of secrets come from. @default there are none */
  readonly values?: ValueSource;
  /** What the engine `mock` can do beside what plain containers have. */
  readonly capabilities?: Partial<EngineCapabilities>;
  /** How much of what an end causes is done in one turn. @default as in a server */
  readonly unitsPerTurn?: number;
  readonly instanceTiming?: YardOptions['instanceTiming'];
}

const noValues: ValueSource = {
  reader: () => assert.fail('no job of this test has secrets'),
  roleRefusal: () => undefined,
};

const week = 7 * 24 * 3_600_000;

/**
 * A yard with everything real but the machine: memory store, ledger, scheduler, lifecycle and an engine that plays what
 * each job's plan says. It is rebuilt from the store when a commit fails, as the server does.
 */
export class Rig {
  readonly clock = new ManualClock();
  readonly random = new SystemRandom();
  /** What changes the tags of a job takes its turn here. */
  readonly jobTurns = new Turns();
  /** The host of the engine `mock`. */
  readonly world: MockWorld;
  /** By engine, `mock` included. */
  readonly worlds: ReadonlyMap<string, MockWorld>;
  readonly logs = new FakeLogStreams();
  readonly store: FallibleStore;
  readonly errors: unknown[] = [];
  readonly jobs: JobId[] = [];
  /** How many nodes multi-node jobs have. */
  readonly nodeCounts = new Map<JobId, number>();
  /** Calls that reached the engine. */
  calls = 0;
  engineDown = false;
  /** Calls that no engine answers any more. */
  readonly hanging = new Set<string>();
  /** Stands between yard and engine. */
  answering: (call: string, answer: () => Promise<unknown>, engine: EngineKind) => Promise<unknown> = (_, answer) =>
    answer();
  /** Hears of each task that an engine really starts. */
  telling: (task: TaskSpec) => void = () => {};
  /** What the yard hears of a report. */
  hearing: (event: EngineEvent) => readonly EngineEvent[] = (event) => [event];
  /** Happens between the engine's answer to `recover` and its arrival. */
  beforeRecovered: () => Promise<void> = async () => {};
  /** What a server begins behind the yard, at start and whenever memory was rebuilt. */
  onBegun: () => void = () => {};
  rebuilds = 0;
  ledger: Ledger;
  outbox: Outbox;
  yard: JobYard;
  readonly begun: ReadonlyMap<string, number>;
  readonly #options: RigOptions;
  readonly #behaviours = new Map<string, MockBehaviour>();
  #epoch = 1;
  /** What the server of now has of the store. */
  #serversStore: ServersStore;
  #recovering = 0;
  #opening: Promise<void> = Promise.resolve();
  /** What engines were given to start, in order. */
  readonly given: TaskSpec[] = [];
  /** Task ids in the order in which they began to run. */
  readonly ran: TaskId[] = [];

  private constructor(store: Store, options: RigOptions) {
    this.#options = options;
    this.begun = new Map(options.consumables?.map(({ arn, total }) => [arn, total]));
    this.store = new FallibleStore(store);
    this.store.slices = options.slices;
    this.world = this.#newWorld('host');
    this.worlds = new Map([['mock', this.world], ...this.#others.map((kind) => [kind, this.#newWorld(kind)] as const)]);
    this.#serversStore = new ServersStore(this.store);
    this.ledger = this.#newLedger();
    this.outbox = this.#newOutbox();
    this.yard = this.#newYard();
    void this.#watchRuns();
  }

  static async open(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(await withLead(openMemoryStore({ random: new SystemRandom() })), options);
    rig.ledger.transact((transaction) => {
      for (const record of options.environments ?? [environment]) transaction.put(computeEnvironmentRecords, record);
      for (const record of options.queues ?? [queue]) transaction.put(jobQueueRecords, record);
      for (const record of options.consumables ?? []) transaction.put(consumableResourceRecords, record);
    });
    await rig.reopen();
    return rig;
  }

  get #others(): readonly EngineKind[] {
    return this.#options.engines ?? [];
  }

  #newWorld(id: string): MockWorld {
    const { clock, host: capacity } = this;
    const { capabilities = {} } = this.#options;
    return new MockWorld({ clock, capacity, capabilities, script: (task) => this.#play(task), pool: { id } });
  }

  get host(): ResourceRequest {
    return { vcpus: 4, memoryMiB: 4_096, gpus: 0, ...this.#options.host };
  }

  /** In the order of the server's own. */
  async #open(outbox: Outbox, yard: JobYard, loaded: LoadedState): Promise<void> {
    await this.ledger.fill(loaded.records);
    await yard.fill(loaded);
    outbox.open(loaded);
    this.#serversStore.resume();
    this.ledger.refuseChanges(undefined);
    await yard.begin();
    this.onBegun();
  }

  /** Fills the yard from the store and sets it going, as at start and after a failed commit. */
  async reopen(): Promise<void> {
    await this.#open(this.outbox, this.yard, await this.store.load());
    await this.settle();
  }

  /** The server dies and another starts: only store, engine and logs remain. */
  async restart(between: () => void = () => {}): Promise<void> {
    this.yard.close();
    this.outbox.pause();
    this.#serversStore.fence();
    between();
    this.#epoch += 1;
    this.#serversStore = new ServersStore(this.store);
    this.ledger = this.#newLedger();
    this.outbox = this.#newOutbox();
    this.yard = this.#newYard();
    await this.reopen();
  }

  submit(plan: JobPlan = {}): JobId {
    const jobId = newJobId(this.clock.now(), this.random);
    if (plan.behaviour) this.#behaviours.set(jobId, plan.behaviour);
    this.ledger.transact((transaction) => this.yard.submit(transaction, newJob(jobId, plan, this.clock.now())));
    this.jobs.push(jobId);
    if (plan.nodes !== undefined) this.nodeCounts.set(jobId, plan.nodes);
    return jobId;
  }

  /** What would become of such a submission. */
  outlook(plan: JobPlan = {}): Outlook {
    return this.yard.outlook(newJob(newJobId(this.clock.now(), this.random), plan, this.clock.now()));
  }

  /** A submission whose transaction is refused in the end. */
  refused(plan: JobPlan): JobId {
    const jobId = newJobId(this.clock.now(), this.random);
    assert.throws(() =>
      this.ledger.transact((transaction) => {
        this.yard.submit(transaction, newJob(jobId, plan, this.clock.now()));
        throw new ServiceError('ClientException', 'refused');
      }),
    );
    return jobId;
  }

  /** As on a full disk: memory and store stay as they are until `reopen`. */
  refuseChanges(): void {
    this.yard.pause();
    this.ledger.refuseChanges(new CommitFailed('disk-full', 'the disk is full'));
  }

  /** What the job's next attempts do. */
  plan(jobId: JobId, behaviour: MockBehaviour): void {
    this.#behaviours.set(jobId, behaviour);
  }

  #play(task: TaskSpec): MockBehaviour {
    this.telling(task);
    return this.#behaviourOf(task);
  }

  /** That of the child, or of all of the job. */
  #behaviourOf(task: TaskSpec): MockBehaviour {
    this.given.push(task);
    return this.#behaviours.get(jobOf(task)) ?? this.#behaviours.get(task.origin?.jobId ?? '') ?? {};
  }

  /** Moves the clock, then lets everything happen that follows. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await this.settle();
  }

  /** Waits until nothing moves any more at this time of the clock. */
  async settle(): Promise<void> {
    for (let quiet = 0, before = ''; quiet < 6; ) {
      await nextTurn();
      await this.#opening;
      const now = `${this.store.commits} ${this.calls} ${this.rebuilds}`;
      quiet = now === before && this.#recovering === 0 ? quiet + 1 : 0;
      before = now;
    }
  }

  /** Every job of the test that the store holds. */
  storedJobs(): Promise<readonly StoredJob[]> {
    return this.store.reads.jobs(scope, this.jobs);
  }

  async stored(jobId: JobId): Promise<StoredJob> {
    const [job] = await this.store.reads.jobs(scope, [jobId]);
    return job ?? assert.fail(`job ${jobId} is lost`);
  }

  async state(jobId: JobId) {
    return ofKind((await this.stored(jobId)).record, 'single').state;
  }

  async status(jobId: JobId) {
    return (await this.stored(jobId)).record.state.status;
  }

  async gang(jobId: JobId) {
    return ofKind((await this.stored(jobId)).record, 'multiNode').state;
  }

  /** Each node of a job that has been started, by index. */
  async nodes(jobId: JobId) {
    const { number } = (await this.stored(jobId)).record;
    return new Map((await this.store.reads.nodes({ number, limit: 1_000 })).map(({ index, state }) => [index, state]));
  }

  /** The statuses of those. */
  async nodeStatuses(jobId: JobId): Promise<Readonly<Record<number, string>>> {
    return Object.fromEntries([...(await this.nodes(jobId))].map(([index, { status }]) => [index, status]));
  }

  /** The task that a job holds now. */
  task(jobId: JobId): TaskId {
    return placementOf(this.yard.active(jobId)?.state)?.taskId ?? assert.fail(`job ${jobId} holds no task`);
  }

  async facts(): Promise<readonly JobFact[]> {
    const logged = await this.store.reads.facts({ from: 0, limit: 1_000_000 });
    return logged.flatMap(({ fact }) => (fact.kind === 'job' ? [fact] : []));
  }

  /** Asserts that everything agrees: see `checkRig`. Call when the rig has settled. */
  check(): Promise<void> {
    return checkRig(this);
  }

  async #watchRuns(): Promise<void> {
    for await (const { kind, taskId } of this.world.events.stream(new AbortController().signal)) {
      if (kind === 'running') this.ran.push(taskId);
    }
  }

  #newLedger(): Ledger {
    const store = this.#serversStore;
    return new Ledger({
      store,
      types: batchRecords,
      onFailed: () => {
        if (!store.isFenced) this.rebuild();
      },
    });
  }

  /** As the server does after a failed commit or an internal error. */
  rebuild(): void {
    this.rebuilds += 1;
    const { yard, outbox } = this;
    const store = this.#serversStore;
    yard.pause();
    outbox.pause();
    this.ledger.refuseChanges(new CommitFailed('failed', 'memory is rebuilt from the store'));
    this.#opening = this.#opening.then(async () => {
      if (store.isFenced) return;
      await this.#open(outbox, yard, await store.load()).catch((error) => {
        if (!store.isFenced) throw error;
      });
    });
  }

  #newOutbox(): Outbox {
    const { ledger, clock } = this;
    return new Outbox({ ledger, consumers: this.#options.consumers ?? [], clock, logger: silentLogger });
  }

  #newYard(): JobYard {
    const session = { installationId: 'i' as InstallationId, epoch: this.#epoch };
    const engines = [...this.worlds].map(([name, world]) => {
      const kind = name as EngineKind;
      return [kind, this.#watched(kind, openMockEngine({ session, world, logRoot: '/nowhere' }))] as const;
    });
    const { ledger, outbox, logs, clock, random } = this;
    const { unitsPerTurn, instanceTiming } = this.#options;
    return new JobYard({
      ...(unitsPerTurn === undefined ? {} : { unitsPerTurn }),
      ...(instanceTiming && { instanceTiming }),
      ledger,
      outbox,
      engines: new Map(engines),
      logStreams: logs,
      logLimits: { rateBytesPerSecond: 1, maximumBytes: 1 },
      fileSystems: { directories: new Map(), accessPoints: new Map() },
      valueSource: this.#options.values ?? noValues,
      retention: this.#options.retention ?? { minimumAge: week },
      jobTurns: this.jobTurns,
      instanceTypes: builtInTypes,
      clock,
      random,
      logger: silentLogger,
      onError: (error) => {
        if (!(error instanceof CommitFailed)) this.errors.push(error);
      },
    });
  }

  async *#heard(events: AsyncIterable<EngineEvent>): AsyncIterable<EngineEvent> {
    for await (const event of events) yield* this.hearing(event);
  }

  /** The engine, unless it is down. */
  #watched(kind: EngineKind, engine: Engine): Engine {
    return new Proxy(engine, {
      get: (target, name: keyof Engine) => {
        const member = target[name];
        if (typeof member !== 'function') return member;
        if (name === 'events') return (signal: AbortSignal) => this.#heard(target.events(signal));
        if (name === 'close') return member.bind(target);
        return async (...input: never[]) => {
          if (this.engineDown) throw new EngineUnavailable('down');
          if (this.hanging.has(name)) return new Promise(() => {});
          this.calls += name === 'describe' ? 0 : 1;
          const call = member as (...input: never[]) => Promise<unknown>;
          const answer = await this.answering(name, () => call.apply(target, input), kind);
          if (name === 'recover') {
            this.#recovering += 1;
            await this.beforeRecovered();
            this.#recovering -= 1;
          }
          return answer;
        };
      },
    });
  }
}

function ofKind<Kind extends JobRecord['kind']>(record: JobRecord, kind: Kind) {
  assert.equal(record.kind, kind);
  return record as Extract<JobRecord, { readonly kind: Kind }>;
}

function jobOf(task: TaskSpec): string {
  return task.containers[0]?.environment.AWS_BATCH_JOB_ID ?? '';
}
