import { performEvaluation } from '../../src/asl/evaluate/index.ts';
import { type Machine, parseDefinition } from '../../src/asl/index.ts';
import type { Scope } from '../../src/core/arn.ts';
import { SystemClock } from '../../src/core/clock.ts';
import type { AccountId, Region } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { createExecutions, type ExecutionService } from '../../src/services/states/executions/index.ts';
import { type StateMachineRevisionRecord, statesRecords } from '../../src/services/states/index.ts';
import { Ledger, openMemoryStore, openSqliteStore, type Store, withLead } from '../../src/store/index.ts';

/** Runs in a process of its own: the host of executions on a store, without the HTTP in front of it. */
export interface StatesBenchRequest {
  readonly kind: 'express' | 'standard' | 'waiting';
  readonly executions: number;
  readonly rounds?: number;
  readonly directory?: string;
}

const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const chainLength = 100;
/** Executions under way at once. */
const lanes = 32;

const request = JSON.parse(process.argv[2] ?? '{}') as StatesBenchRequest;
process.send?.(await measure());

async function measure(): Promise<readonly number[]> {
  const revision = revisionOf(request.kind === 'waiting' ? wait() : chain());
  const executions = await open(revision);
  if (request.kind === 'waiting') return [await memoryOfOne(executions, revision)];
  await runAll(executions, revision, request.executions);
  const figures: number[] = [];
  for (let round = 0; round < (request.rounds ?? 1); round += 1) {
    const began = performance.now();
    await runAll(executions, revision, request.executions);
    figures.push((request.executions * chainLength * 1000) / (performance.now() - began));
  }
  return figures;
}

async function open(revision: StateMachineRevisionRecord): Promise<ExecutionService> {
  const random = new SystemRandom();
  const { directory } = request;
  const store = await withLead<Store>(
    directory === undefined ? openMemoryStore({ random }) : openSqliteStore({ directory, random }),
  );
  const compiled = compile(revision);
  const executions = createExecutions({
    ledger: new Ledger({ store, types: statesRecords, onFailed: ({ error }) => fail(error) }),
    facts: { append() {} },
    catalog: { resolve: () => ({ revision }), compile: () => compiled, revision: () => revision },
    integrations: { checkArguments: async () => [], start() {}, noteCancel() {}, cancel() {}, reset() {} },
    evaluations: { evaluate: (evaluation) => performEvaluation(evaluation) },
    clock: new SystemClock(),
    random,
    logger: silentLogger,
    onError: fail,
  });
  await executions.open(await store.load());
  return executions;
}

function fail(error: unknown): never {
  throw error;
}

async function runAll(
  executions: ExecutionService,
  revision: StateMachineRevisionRecord,
  count: number,
): Promise<void> {
  let left = count;
  const run = async () => {
    while (left > 0) {
      left -= 1;
      await runOne(executions, revision);
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
}

async function runOne(executions: ExecutionService, revision: StateMachineRevisionRecord): Promise<void> {
  const start = { runnable: { revision }, input: '{"count": 1, "name": "bench"}' };
  if (revision.kind === 'EXPRESS') {
    const { status } = await executions.startSync(scope, start, new AbortController().signal);
    if (status !== 'SUCCEEDED') throw new Error(`an execution ended ${status}`);
    return;
  }
  const { executionArn } = await executions.start(scope, start);
  await new Promise<void>((resolve, reject) => {
    executions.onEnded(scope, executionArn, (end) =>
      end?.status === 'SUCCEEDED' ? resolve() : reject(new Error(`an execution ended ${end?.status}`)),
    );
  });
}

async function memoryOfOne(executions: ExecutionService, revision: StateMachineRevisionRecord): Promise<number> {
  const start = (count: number) => {
    const input = (at: number) => JSON.stringify({ order: at, customer: `customer-${at}`, note: 'x'.repeat(200) });
    return Promise.all(
      Array.from({ length: count }, (_, at) => executions.start(scope, { runnable: { revision }, input: input(at) })),
    );
  };
  await start(200);
  await quiet();
  const before = process.memoryUsage().heapUsed;
  await start(request.executions);
  await quiet();
  return (process.memoryUsage().heapUsed - before) / request.executions;
}

/** Until all has settled, and garbage is gone. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
}

/** Pass and Choice states in turns. */
function chain(): object {
  const states = Array.from({ length: chainLength }, (_, at) => {
    const next = at === chainLength - 1 ? undefined : `S${at + 1}`;
    if (at % 2 === 0 || next === undefined) {
      return [`S${at}`, { Type: 'Pass', ...(next === undefined ? { End: true } : { Next: next }) }];
    }
    const choices = [{ Variable: '$.count', NumericGreaterThan: 0, Next: next }];
    return [`S${at}`, { Type: 'Choice', Choices: choices, Default: 'S99' }];
  });
  return { StartAt: 'S0', States: Object.fromEntries(states) };
}

function wait(): object {
  return { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 100_000, End: true } } };
}

function revisionOf(definition: object): StateMachineRevisionRecord {
  return {
    ...scope,
    name: 'revision',
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:bench',
    stateMachineName: 'bench',
    kind: request.kind === 'express' ? 'EXPRESS' : 'STANDARD',
    isInitial: true,
    definition: JSON.stringify(definition),
    roleArn: 'arn:aws:iam::123456789012:role/bench',
    createdAt: 0,
  };
}

function compile({ definition, kind }: StateMachineRevisionRecord): Machine {
  const { machine, diagnostics } = parseDefinition(definition, { type: kind });
  if (!machine) throw new Error(JSON.stringify(diagnostics));
  return machine;
}
