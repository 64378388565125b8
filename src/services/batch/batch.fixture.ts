import assert from 'node:assert/strict';
import type { Scope } from '../../core/arn.ts';
import { ManualClock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, JobId, Region, TaskId } from '../../core/ids.ts';
import type { Leaf } from '../../core/job.ts';
import type { JobRecord } from '../../core/job-record.ts';
import { silentLogger } from '../../core/logger.ts';
import { accessOf, callOperation, rejectionOf, rootContext } from '../../core/operation.fixture.ts';
import type { AccessRequests, Operation, RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { Turns } from '../../core/turns.ts';
import { type CommandRefused, type CommandRequest, commandRefused, type EngineImages } from '../../engines/index.ts';
import { builtInTypes } from '../../instance-types/index.ts';
import { DueWork, Ledger, Outbox, openMemoryStore, type Store, type Transaction, withLead } from '../../store/index.ts';
import { type BatchQuotas, type BatchService, createBatchService, defaultQuotas, type EngineChoice } from './index.ts';
import { batchRecords } from './records.ts';
import { noRoles } from './resources/account-roles.fixture.ts';
import type { AccountRoles } from './resources/account-roles.ts';
import type { BatchServiceOptions } from './runtime.ts';
import type {
  ActiveJob,
  ConsumablePlace,
  CountedTask,
  Explanation,
  NewJob,
  Outlook,
  QueueSnapshot,
  QueueState,
  TaskUsage,
  UsagePage,
  Yard,
  YardInstances,
} from './yard/index.ts';
import { RecentActivity } from './yard/recent-activity.ts';

export const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

/** A yard whose jobs do what a test says, and are stored like real ones. */
export class FakeYard implements Yard {
  readonly jobs = new Map<JobId, NewJob>();
  readonly stops: { readonly kind: 'cancel' | 'terminate'; readonly jobId: JobId; readonly reason: string }[] = [];
  resourceChanges = 0;
  /** Names of consumable resources, of which the scheduler was told. */
  readonly consumableChanges: string[] = [];
  /** What jobs hold of consumable resources, by ARN. */
  readonly held = new Map<string, number>();
  /** There are none. */
  instances: YardInstances = {
    of: () => [],
    get: () => undefined,
    register: () => assert.fail('no instance of a test is registered'),
    close: () => {},
    older: () => [],
    closeOlder: () => {},
    replace: () => {},
    forget: () => {},
    allocatedvCpus: () => 0,
  };
  waiting = 0;
  readonly #states = new Map<JobId, Leaf>();
  readonly #emptied = new Map<string, (() => void)[]>();
  #ledger: Ledger | undefined;
  #sequence = 0;

  attach(ledger: Ledger): void {
    this.#ledger = ledger;
  }

  submit(transaction: Transaction, job: NewJob): void {
    const { specification, ended, failsAtOnce: _failsAtOnce, ...columns } = job;
    const { jobId } = columns;
    assert.ok(columns.kind !== 'array');
    const isOpen = columns.dependsOn.some((each) => 'on' in each && ended.get(each.on)?.status !== 'SUCCEEDED');
    const state: Leaf = { status: isOpen ? 'PENDING' : 'RUNNABLE', attempts: [] };
    this.jobs.set(jobId, job);
    this.#states.set(jobId, state);
    this.#sequence += 1;
    transaction.add({
      kind: 'job.insert',
      specification,
      record: { ...columns, number: this.#sequence, order: this.#sequence, state } as JobRecord,
    });
  }

  /** Puts a job into `state`, durable like everything else. */
  move(jobId: JobId, state: (before: Leaf) => Leaf): void {
    const before = this.#states.get(jobId);
    assert.ok(before && this.#ledger);
    const after = state(before);
    if (after.status === 'SUCCEEDED' || after.status === 'FAILED') this.#states.delete(jobId);
    else this.#states.set(jobId, after);
    this.#ledger.transact((transaction) => transaction.add({ kind: 'job.update', scope, jobId, state: after }));
    this.#tellEmpty();
  }

  end(jobId: JobId, status: 'SUCCEEDED' | 'FAILED'): void {
    this.move(jobId, () => ({ attempts: [], status, stoppedAt: 5 }));
  }

  stateFor(): undefined {}

  cancel(jobId: JobId, reason: string): void {
    this.stops.push({ kind: 'cancel', jobId, reason });
  }

  terminate(jobId: JobId, reason: string): void {
    this.stops.push({ kind: 'terminate', jobId, reason });
  }

  active(jobId: JobId): ActiveJob | undefined {
    const state = this.#states.get(jobId);
    const job = this.jobs.get(jobId);
    if (!state || !job) return undefined;
    const { jobQueueArn, createdAt, resources } = job;
    return { scope, jobId, jobQueueArn, createdAt, order: 0, resources, state };
  }

  knows(jobId: JobId): boolean {
    return this.#states.has(jobId);
  }

  activeCount(jobQueueArn: string): number {
    return [...this.#states.keys()].filter((id) => this.jobs.get(id)?.jobQueueArn === jobQueueArn).length;
  }

  onQueueEmpty(jobQueueArn: string, tell: () => void): void {
    this.#emptied.set(jobQueueArn, [...(this.#emptied.get(jobQueueArn) ?? []), tell]);
    this.#tellEmpty();
  }

  waitingCount(): number {
    return this.waiting;
  }

  explain(jobId: JobId): Explanation | undefined {
    const state = this.#states.get(jobId);
    return (
      state && {
        jobId,
        status: state.status,
        text: 'Waiting for the test.',
        notes: ['a fact'],
        engineNotes: ['a note'],
      }
    );
  }

  /** Why no job of a test could ever start. */
  hopelessWords: string | undefined;

  hopeless(): string | undefined {
    return this.hopelessWords;
  }

  /** What tests say of every queue. */
  front: QueueSnapshot = { front: [], vcpus: 0 };

  snapshot(_jobQueueArn: string, limit: number): QueueSnapshot {
    return { ...this.front, front: this.front.front.slice(0, limit) };
  }

  /** What tests say of queues, by ARN. */
  readonly queueStates = new Map<string, Partial<QueueState>>();

  queueState(jobQueueArn: string): QueueState {
    const jobs = { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 };
    return { jobs, heldVcpus: 0, ...this.queueStates.get(jobQueueArn) };
  }

  ungranted(): readonly string[] {
    return [];
  }

  /** What tests say that runs. */
  usagePage: UsagePage = { tasks: [], silent: [] };

  /** Where each page that was asked for began. */
  readonly usageAsked: (TaskId | undefined)[] = [];

  /** What tests say that is held. */
  counted: readonly CountedTask[] = [];

  readonly usage: TaskUsage = {
    page: async (_scope, _limit, after) => {
      this.usageAsked.push(after);
      return this.usagePage;
    },
    of: async () => [],
    counted: () => this.counted,
    running: async () => [],
  };

  /** What was to be run in tasks. */
  readonly entered: { readonly taskId: TaskId; readonly request: CommandRequest }[] = [];

  async enter(taskId: TaskId, request: CommandRequest): Promise<CommandRefused> {
    this.entered.push({ taskId, request });
    return commandRefused('The test runs nothing.');
  }

  /** What tests say that happened. */
  readonly activity = new RecentActivity(new ManualClock());

  /** What tests say that environments run, by ARN. */
  readonly vcpus = new Map<string, number>();

  heldVcpus(): ReadonlyMap<string, number> {
    return this.vcpus;
  }

  outlook(job: NewJob): Outlook {
    return { status: 'RUNNABLE', text: `Tried ${job.jobName}.`, failsAtStart: false, environments: [], notes: [] };
  }

  childCounts(): undefined {
    return undefined;
  }

  sizeOf(): undefined {
    return undefined;
  }

  resourcesChanged(): void {
    this.resourceChanges += 1;
  }

  consumableChanged(_transaction: Transaction, { name }: ConsumablePlace): void {
    this.consumableChanges.push(name);
  }

  /** As `count` says; `shares` are active. */
  readonly shares = { count: 0, active: new Set<string>() };

  activeShares(_jobQueueArn: string, share: string): { count: number; isActive: boolean } {
    return { count: this.shares.count, isActive: this.shares.active.has(share) };
  }

  /** The time by which shares use. */
  time = 0;

  schedulingTime(): number {
    return this.time;
  }

  heldOf(consumableArn: string): number {
    return this.held.get(consumableArn) ?? 0;
  }

  #tellEmpty(): void {
    for (const [queue, tells] of this.#emptied) {
      if (this.activeCount(queue) > 0) continue;
      this.#emptied.delete(queue);
      for (const tell of tells) queueMicrotask(tell);
    }
  }
}

/** A Batch service over a memory store and a fake yard, called as the gateway calls it. */
export interface Bench {
  readonly due: DueWork;
  readonly clock: ManualClock;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly yard: FakeYard;
  readonly service: BatchService;
  /** Parses the input, runs the handler, waits until everything is durable. */
  call<Output = Record<string, unknown>>(
    operation: string,
    input: object,
    context?: Partial<RequestContext>,
  ): Promise<Output>;
  /** What the operation asks the policy evaluator. */
  access(operation: string, input: object): Promise<AccessRequests>;
  /** Asserts that the call is refused with ClientException, and gives AWS's words without their envelope. */
  refusal(operation: string, input: object): Promise<string>;
}

export interface BenchOptions {
  readonly quotas?: Partial<BatchQuotas>;
  /** @default EC2 has no launch template */
  readonly findTemplate?: BatchServiceOptions['findTemplate'];
  readonly engines?: EngineChoice;
  /** @default all that is named serves, and IAM has none of it */
  readonly roles?: Partial<AccountRoles>;
  readonly store?: Store;
  /** @default no engine keeps any */
  readonly images?: EngineImages;
  /** In milliseconds. @default no limit */
  readonly fargateRun?: number;
}

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const clock = new ManualClock();
  const random = new SystemRandom();
  const store = options.store ?? (await withLead(openMemoryStore({ random })));
  const ledger = new Ledger({ store, types: batchRecords, onFailed: ({ error }) => assert.fail(String(error)) });
  const loaded = await store.load();
  await ledger.fill(loaded.records);
  const facts = new Outbox({ ledger, consumers: [], clock, logger: silentLogger });
  facts.open(loaded);
  // Their order goes on where the store stands; nobody hears of them, and none is trimmed.
  facts.pause();
  const yard = new FakeYard();
  yard.attach(ledger);
  const due = new DueWork({ ledger, clock, logger: silentLogger });
  const service = createBatchService({
    ledger,
    facts,
    due,
    store,
    yard,
    clock,
    random,
    engines: options.engines ?? { default: 'process', enabled: ['process', 'mock'] },
    quotas: { ...defaultQuotas, ...options.quotas },
    instanceTypes: builtInTypes,
    findTemplate: options.findTemplate ?? (() => undefined),
    findSubnet: () => undefined,
    roles: { ...noRoles, ...options.roles },
    ...(options.fargateRun === undefined ? {} : { fargateRun: options.fargateRun }),
    logger: silentLogger,
    jobTurns: new Turns(),
    installation: {
      version: '0.0.0-test',
      instanceTiming: { bootDelay: 90_000, interruptionSeed: 3 },
      describeEngines: async () => [],
      images: () => options.images,
      backUp: async () => ({ lacks: [] }),
    },
  });
  service.resume();
  due.open();
  const call = async <Output>(name: string, input: object, more?: Partial<RequestContext>) => {
    const context = rootContext(scope, clock.now(), more);
    return (await callOperation(operationOf(service, name), input, context, () => store.settled())) as Output;
  };
  return {
    clock,
    due,
    store,
    ledger,
    yard,
    service,
    call,
    access: (name, input) => accessOf(operationOf(service, name), input, rootContext(scope, clock.now())),
    refusal: async (name, input) => wordsOf(await rejectionOf(call(name, input))),
  };
}

function operationOf(service: BatchService, name: string): Operation {
  const services: readonly ServiceDefinition[] = [service.definition, service.batchyard];
  const found = services.map(({ operations }) => operations[name]).find((operation) => operation !== undefined);
  assert.ok(found?.kind === 'operation', `${name} is not built`);
  return found;
}

function wordsOf(error: unknown): string {
  assert.ok(error instanceof ServiceError, `expected a refusal, got ${error}`);
  assert.equal(error.code, 'ClientException');
  const envelope = /^Error executing request, Exception : (.*), RequestId: request-1$/s.exec(error.message);
  return envelope?.[1] ?? error.message;
}

/** The least that a definition can be: the 2020 form. */
export const smallDefinition = {
  jobDefinitionName: 'x',
  type: 'container',
  containerProperties: { image: 'busybox', vcpus: 1, memory: 4 },
};

/** The least that a managed environment can be. */
export const smallEnvironment = {
  computeEnvironmentName: 'm',
  type: 'MANAGED',
  computeResources: { type: 'EC2', maxvCpus: 16, instanceTypes: ['optimal'], instanceRole: 'ecsInstanceRole' },
};

/** A Fargate environment. */
export const fargateEnvironment = {
  computeEnvironmentName: 'f',
  type: 'MANAGED',
  computeResources: { type: 'FARGATE', maxvCpus: 16, subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
};

export const fargateContainer = {
  image: 'busybox',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  resourceRequirements: [
    { type: 'VCPU', value: '0.25' },
    { type: 'MEMORY', value: '512' },
  ],
};

/** A task id that tests can recognise. */
export const taskId = '0'.repeat(32) as TaskId;
