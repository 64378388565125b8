import assert from 'node:assert/strict';
import { performEvaluation } from '../../asl/evaluate/index.ts';
import type { Evaluation } from '../../asl/index.ts';
import type { Scope } from '../../core/arn.ts';
import { ManualClock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { accessOf, callOperation, rejectionOf, rootContext } from '../../core/operation.fixture.ts';
import type { AccessRequests, Operation, RequestContext } from '../../core/operation.ts';
import { type RandomSource, SystemRandom } from '../../core/random.ts';
import { Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import type { Executions, Integrations, TaskCall, TaskReport } from './contract.ts';
import { createExecutions, executionOperations, LedgerMachineCatalog, MemoryActivityQueues } from './index.ts';
import { statesRecords } from './records.ts';
import { createStatesService, type StatesService } from './service.ts';

export const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const arn = 'arn:aws:states:us-east-1:123456789012';
export const roleArn = 'arn:aws:iam::123456789012:role/StatesRole';
export const passes = '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}';

/** Calls that tests answer. */
export class FakeIntegrations implements Integrations {
  readonly calls: { readonly call: TaskCall; readonly report: (report: TaskReport) => void }[] = [];
  readonly cancelled: string[] = [];
  /** What is wrong with all arguments. */
  problems: readonly string[] = [];
  #called: (() => void) | undefined;

  async checkArguments() {
    return this.problems;
  }

  start(call: TaskCall, report: (report: TaskReport) => void): void {
    this.calls.push({ call, report });
    this.#called?.();
  }

  noteCancel(): void {}

  cancel({ key }: Pick<TaskCall, 'key'>): void {
    this.cancelled.push(key);
  }

  reset(): void {}

  /** The next call, as soon as it is made. */
  async next() {
    if (this.calls.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#called = resolve;
      await promise;
    }
    return this.calls.shift() ?? assert.fail('no call');
  }
}

/** Executions that run until a test says otherwise. */
export class FakeExecutions implements Pick<Executions, 'onMachineDeleted' | 'refersTo'> {
  readonly deleted: string[] = [];
  readonly referred = new Set<string>();
  /** Whether executions of deleted machines are still running. */
  running = false;
  readonly #ended: (() => void)[] = [];

  async onMachineDeleted(_scope: Scope, stateMachineArn: string): Promise<void> {
    this.deleted.push(stateMachineArn);
    if (!this.running) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended.push(resolve);
    await promise;
  }

  async refersTo(revisionId: string): Promise<boolean> {
    return this.referred.has(revisionId);
  }

  endAll(): void {
    this.running = false;
    for (const end of this.#ended.splice(0)) end();
  }
}

/** The service over a memory store and fakes, called as the gateway calls it. */
export interface Bench {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly integrations: FakeIntegrations;
  readonly executions: FakeExecutions;
  readonly queues: MemoryActivityQueues;
  readonly catalog: LedgerMachineCatalog;
  readonly service: StatesService;
  /** Parses the input, runs the handler, waits until everything is durable. */
  call<Output = Record<string, unknown>>(
    operation: string,
    input: object,
    context?: Partial<RequestContext>,
  ): Promise<Output>;
  access(operation: string, input: object): Promise<AccessRequests>;
  /** Asserts that the call is refused, and gives `Code: message`. */
  refusal(operation: string, input: object): Promise<string>;
  /** Creates a state machine that only passes, or as `more` says. Answers its ARN. */
  create(name: string, more?: object): Promise<string>;
}

export async function openBench(options: { readonly random?: RandomSource } = {}): Promise<Bench> {
  const clock = new ManualClock();
  const random = options.random ?? new SystemRandom();
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ledger = new Ledger({ store, types: statesRecords, onFailed: ({ error }) => assert.fail(String(error)) });
  const integrations = new FakeIntegrations();
  const executions = new FakeExecutions();
  const queues = new MemoryActivityQueues(clock);
  const catalog = new LedgerMachineCatalog(ledger, random);
  const evaluations = { evaluate: (evaluation: Evaluation) => performEvaluation(evaluation) };
  const hosted = createExecutions({
    ...{ ledger, evaluations, clock, random, logger: silentLogger, catalog, integrations },
    facts: { append() {} },
    onError: (error) => assert.fail(String(error)),
  });
  const service = createStatesService({
    ...{
      ledger,
      evaluations,
      clock,
      random: new SystemRandom(),
      logger: silentLogger,
      catalog,
      integrations,
      executions,
    },
    activityQueues: queues,
    mayUse: () => true,
    executionOperations: executionOperations({ executions: hosted }),
  });
  const operationOf = (name: string): Operation => {
    const operation = (service.definition.operations as Record<string, unknown>)[name] as Operation | undefined;
    assert.ok(operation?.kind === 'operation', `${name} is not built`);
    return operation;
  };
  const call = async <Output>(name: string, input: object, more?: Partial<RequestContext>) => {
    const context = rootContext(scope, clock.now(), more);
    return (await callOperation(operationOf(name), input, context, () => store.settled())) as Output;
  };
  return {
    ...{ clock, store, ledger, integrations, executions, queues, catalog, service, call },
    access: (name, input) => accessOf(operationOf(name), input, rootContext(scope, clock.now())),
    refusal: async (name, input) => wordsOf(await rejectionOf(call(name, input))),
    create: async (name, more = {}) => {
      const input = { name, definition: passes, roleArn, ...more };
      return (await call<{ stateMachineArn: string }>('CreateStateMachine', input)).stateMachineArn;
    },
  };
}

function wordsOf(error: unknown): string {
  assert.ok(error instanceof ServiceError, `expected a refusal, got ${error}`);
  return `${error.code}: ${error.message}`;
}
