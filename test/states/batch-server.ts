import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { performEvaluation } from '../../src/asl/evaluate/index.ts';
import type { Evaluation } from '../../src/asl/index.ts';
import { parseDefinition } from '../../src/asl/index.ts';
import type { Scope } from '../../src/core/arn.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { CommitFailed } from '../../src/core/errors.ts';
import type { AccountId, Arn, InstallationId, Region } from '../../src/core/ids.ts';
import type { Invoke } from '../../src/core/invoke.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { Operation, RequestContext, ServiceDefinition } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { Turns } from '../../src/core/turns.ts';
import { type MockBehaviour, MockWorld, openMockEngine } from '../../src/engines/index.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { builtInTypes } from '../../src/instance-types/index.ts';
import { serverRecords } from '../../src/main/records.ts';
import { createBatchService, defaultQuotas, JobYard } from '../../src/services/batch/index.ts';
import { noRoles } from '../../src/services/batch/resources/account-roles.fixture.ts';
import { readApi } from '../../src/services/states/apis/table.ts';
import type { MachineCatalog } from '../../src/services/states/contract.ts';
import {
  createExecutions,
  type ExecutionService,
  executionOperations,
} from '../../src/services/states/executions/index.ts';
import type { StateMachineRevisionRecord } from '../../src/services/states/index.ts';
import { createIntegrations, type StatesIntegrations } from '../../src/services/states/integrations/index.ts';
import { DueWork, Ledger, Outbox, type Store } from '../../src/store/index.ts';

export const scope: Scope = { account: '123456789012' as AccountId, region: 'us-west-2' as Region };

/** What outlives a server: its store, and the host that runs the jobs. */
export interface Ground {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly world: MockWorld;
  /** What the state machines published. */
  readonly messages: string[];
  /** Definitions by name. */
  readonly machines: Map<string, object>;
  epoch: number;
}

export function newGround(store: Store, behaviour: () => MockBehaviour): Ground {
  const clock = new ManualClock();
  const world = new MockWorld({ clock, capacity: { vcpus: 256, memoryMiB: 65_536, gpus: 0 }, script: behaviour });
  return { store, clock, world, messages: [], machines: new Map(), epoch: 0 };
}

/** The real Batch service on a memory store and the mock engine, with executions and integrations of Step Functions. */
export interface BatchServer {
  readonly integrations: StatesIntegrations;
  readonly due: DueWork;
  readonly executions: ExecutionService;
  readonly ledger: Ledger;
  readonly invoke: <Output>(operation: string, input: object) => Promise<Output>;
  readonly states: <Output>(operation: string, input: object) => Promise<Output>;
  /** Calls that reached Batch, by operation. */
  readonly calls: string[];
  /** Happens before an operation's answer reaches who called. */
  beforeAnswer: (operation: string) => Promise<void>;
  settle(): Promise<void>;
  /** From now on nothing that this server still does reaches anybody. */
  die(): void;
}

export async function openServer(ground: Ground): Promise<BatchServer> {
  // Tests count turns of the event loop: what is read from a file is read before.
  for (const name of ['batch', 'sns', 'sfn']) await readApi(name, 'optimised');
  ground.epoch += 1;
  const { clock, world } = ground;
  const random = new SystemRandom();
  let isDead = false;
  const store = fenced(ground.store, () => isDead);
  const ledger = new Ledger({
    store,
    types: serverRecords,
    onFailed: ({ error }) => {
      if (!isDead) throw error;
    },
  });
  const calls: string[] = [];
  const services: ServiceDefinition[] = [];
  const invoke: Invoke = async (service, operation, input, context) => {
    calls.push(operation);
    const output = await registry.invoke(service, operation, input, context);
    await server.beforeAnswer(operation);
    return output as never;
  };
  const due = new DueWork({ ledger, clock, logger: silentLogger });
  const catalog = catalogOf(ground.machines);
  const integrations: StatesIntegrations = createIntegrations({
    invoke,
    services: () => services,
    ledger,
    due,
    clock,
    random,
    logger: silentLogger,
    mayUse: () => true,
    activities: { offer() {}, withdraw() {}, reset() {} },
    executions: () => executions,
  });
  const onError = (error: unknown) => {
    if (!isDead && !(error instanceof CommitFailed)) throw error;
  };
  const evaluations = { evaluate: (evaluation: Evaluation) => performEvaluation(evaluation) };
  const outbox: Outbox = new Outbox({ ledger, consumers: [integrations.consumer], clock, logger: silentLogger });
  const parts = { ledger, facts: outbox, catalog, integrations, evaluations, clock, random, logger: silentLogger };
  const executions = createExecutions({ ...parts, onError });
  const loaded = await store.load();
  await ledger.fill(loaded.records);
  const session = { installationId: 'i' as InstallationId, epoch: ground.epoch };
  const jobTurns = new Turns();
  const yard = new JobYard({
    ledger,
    jobTurns,
    outbox,
    engines: new Map([['mock', openMockEngine({ session, world, logRoot: '/nowhere' })]]),
    logStreams: {
      open: () => ({ stream: 'nowhere' }),
      keyOf: async () => 'nowhere',
      finish: async () => {},
    },
    logLimits: { rateBytesPerSecond: 1, maximumBytes: 1 },
    fileSystems: { directories: new Map(), accessPoints: new Map() },
    valueSource: { reader: () => assert.fail('no job of these tests has secrets'), roleRefusal: () => undefined },
    retention: { minimumAge: 1_000 },
    instanceTypes: builtInTypes,
    clock,
    random,
    logger: silentLogger,
    onError,
  });
  const batch = createBatchService({
    ledger,
    jobTurns,
    facts: outbox,
    due,
    store,
    yard,
    clock,
    random,
    engines: { default: 'mock', enabled: ['mock'] },
    quotas: defaultQuotas,
    instanceTypes: builtInTypes,
    findSubnet: () => undefined,
    findTemplate: () => undefined,
    roles: noRoles,
    logger: silentLogger,
    installation: {
      version: '0.0.0-test',
      instanceTiming: {},
      describeEngines: async () => [],
      images: () => undefined,
      backUp: async () => ({ lacks: [] }),
    },
  });
  services.push(batch.definition, publisher(ground.messages), statesOf(executions));
  const registry = new OperationRegistry(services);
  const server: BatchServer = {
    integrations,
    due,
    executions,
    ledger,
    calls,
    beforeAnswer: async () => {},
    invoke: (operation, input) => registry.invoke('batch', operation, input, contextOf(clock)),
    states: (operation, input) => registry.invoke('states', operation, input, contextOf(clock)),
    settle: () => settle(ground),
    die: () => {
      isDead = true;
      executions.close();
      due.pause();
      outbox.pause();
      yard.close();
    },
  };
  outbox.open(loaded);
  await yard.fill(loaded);
  await yard.begin();
  batch.resume();
  batch.ensureRegion(scope);
  await executions.open(loaded);
  due.open();
  return server;
}

/** SNS as far as a state machine sees it. */
function publisher(messages: string[]): ServiceDefinition {
  const publish: Operation<{ Message: string }> = {
    kind: 'operation',
    schema: z.object({ Message: z.string(), TopicArn: z.string() }),
    readOnly: false,
    audit: 'none',
    access: () => [],
    handler: ({ Message }) => ({ MessageId: String(messages.push(Message)) }),
  };
  return definition('sns', { Publish: publish });
}

function statesOf(executions: ExecutionService): ServiceDefinition {
  return definition('states', executionOperations({ executions }));
}

function definition(name: string, operations: ServiceDefinition['operations']): ServiceDefinition {
  return {
    name,
    apiVersion: '2000-01-01',
    protocol: { kind: 'awsJson1.0', targetPrefix: name },
    errors: { validation: 'ValidationException', internal: 'InternalFailure' },
    operations,
  };
}

function catalogOf(machines: ReadonlyMap<string, object>): MachineCatalog {
  const revision = (name: string): StateMachineRevisionRecord => ({
    ...scope,
    name,
    stateMachineArn: `arn:aws:states:${scope.region}:${scope.account}:stateMachine:${name}`,
    stateMachineName: name,
    kind: 'STANDARD',
    isInitial: true,
    definition: JSON.stringify(machines.get(name)),
    roleArn: `arn:aws:iam::${scope.account}:role/states`,
    createdAt: 1,
  });
  return {
    resolve: (_scope, arn) => ({ revision: revision(arn.slice(arn.lastIndexOf(':') + 1)) }),
    compile: ({ definition: text }) => {
      const { machine, diagnostics } = parseDefinition(text, { type: 'STANDARD' });
      if (!machine) throw new Error(JSON.stringify(diagnostics));
      return machine;
    },
    revision: (_scope, id) => revision(id),
  };
}

/** The store as one server sees it: nothing of a dead one reaches it, and nothing comes back. */
function fenced(store: Store, isDead: () => boolean): Store {
  const never = new Promise<never>(() => {});
  return {
    installationId: store.installationId,
    takeLead: () => store.takeLead(),
    reads: store.reads,
    load: () => store.load(),
    commit: (changes) => (isDead() ? never : store.commit(changes)),
    settled: () => (isDead() ? never : store.settled()),
    resume: () => store.resume(),
    close: async () => {},
  };
}

/** Lets everything happen that follows, at this time of the clock. */
async function settle({ store, clock }: Ground): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) {
    clock.advance(0);
    await nextTurn();
    await store.settled();
  }
}

function contextOf(clock: ManualClock): RequestContext {
  const { account, region } = scope;
  const principal = { kind: 'root', arn: `arn:aws:iam::${account}:root` as Arn, userId: account, account } as const;
  const signal = new AbortController().signal;
  const source = { kind: 'network', address: '127.0.0.1' } as const;
  return { account, region, principal, source, requestId: 'request', now: clock.now(), signal };
}
