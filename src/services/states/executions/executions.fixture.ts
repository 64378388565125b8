import { performEvaluation } from '../../../asl/evaluate/index.ts';
import { type Json, type Machine, parseDefinition, type TaskRef } from '../../../asl/index.ts';
import type { Scope } from '../../../core/arn.ts';
import { ManualClock } from '../../../core/clock.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Evaluations } from '../../../evaluation/index.ts';
import { Ledger, Outbox, openMemoryStore, type Store, withLead } from '../../../store/index.ts';
import type { HistorySink, Integrations, MachineCatalog, Runnable, TaskCall, TaskReport } from '../contract.ts';
import { type StateMachineRevisionRecord, statesRecords } from '../records.ts';
import { createExecutions, type ExecutionService } from './executions.ts';
import type { ExecutionsOptions } from './options.ts';

export const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

/** The state machine `m` of `FakeCatalog`, as the ledger has it. */
export const machineRecord = {
  ...scope,
  name: 'm',
  arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m',
  kind: 'STANDARD',
  status: 'ACTIVE',
  revisionId: 'revision-of-m',
  lastVersion: 0,
  tags: {},
  createdAt: 1,
} as const;

/** The same bytes for the same seed. */
export function countingRandom(): RandomSource {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, next) };
}

/** Machines by name, made of definitions as they come. */
export class FakeCatalog implements MachineCatalog {
  readonly #revisions = new Map<string, StateMachineRevisionRecord>();
  readonly #machines = new Map<string, Machine>();

  add(name: string, definition: object, given: Partial<StateMachineRevisionRecord> = {}): Runnable {
    const revision: StateMachineRevisionRecord = {
      ...scope,
      name: `revision-of-${name}`,
      stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
      stateMachineName: name,
      kind: 'STANDARD',
      isInitial: true,
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::123456789012:role/states',
      createdAt: 1,
      ...given,
    };
    this.#revisions.set(revision.name, revision);
    return { revision };
  }

  /** What is stored of it is not what was accepted. */
  damage(name: string, definition: string): Runnable {
    this.#machines.delete(`revision-of-${name}`);
    return this.add(name, {}, { definition });
  }

  resolve(_scope: Scope, stateMachineArn: string): Runnable {
    const name = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
    const revision = this.#revisions.get(`revision-of-${name}`);
    if (!revision) throw new Error(`no state machine ${name}`);
    return { revision };
  }

  compile(revision: StateMachineRevisionRecord): Machine {
    const known = this.#machines.get(revision.name);
    if (known) return known;
    const { machine, diagnostics } = parseDefinition(revision.definition, { type: revision.kind });
    if (!machine) throw new Error(JSON.stringify(diagnostics));
    this.#machines.set(revision.name, machine);
    return machine;
  }

  revision(_scope: Scope, revisionId: string): StateMachineRevisionRecord | undefined {
    return this.#revisions.get(revisionId);
  }
}

/** Tasks that tests answer by hand, or that `behaviour` answers. */
export class FakeIntegrations implements Integrations {
  readonly started: TaskCall[] = [];
  readonly cancelled: { readonly key: string; readonly cause: string }[] = [];
  behaviour: ((call: TaskCall) => TaskReport | undefined) | undefined;
  readonly #reports = new Map<string, (report: TaskReport) => void>();
  #waiting: { readonly state: string; readonly resolve: (call: TaskCall) => void }[] = [];

  async checkArguments() {
    return [];
  }

  start(call: TaskCall, report: (report: TaskReport) => void): void {
    this.started.push(call);
    this.#reports.set(call.key, report);
    const answer = this.behaviour?.(call);
    if (answer) queueMicrotask(() => this.#reports.get(call.key)?.(answer));
    const waiting = this.#waiting.filter(({ state }) => state === call.stateName);
    this.#waiting = this.#waiting.filter(({ state }) => state !== call.stateName);
    for (const { resolve } of waiting) resolve(call);
  }

  noteCancel(..._noted: Parameters<Integrations['noteCancel']>): void {}

  cancel({ key }: { readonly key: string; readonly task: TaskRef }, cause: string): void {
    this.cancelled.push({ key, cause });
    this.#reports.delete(key);
  }

  reset(): void {
    this.#reports.clear();
  }

  /** The next try of a task of that state, or the last that was started and not awaited. */
  next(state: string): Promise<TaskCall> {
    return new Promise((resolve) => this.#waiting.push({ state, resolve }));
  }

  report(call: TaskCall, report: TaskReport): void {
    this.#reports.get(call.key)?.(report);
  }

  succeed(call: TaskCall, output: Json): void {
    this.report(call, { type: 'taskSucceeded', output });
  }
}

/** Executions on a memory store, with a clock turned by hand. */
export interface Bench {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: ManualClock;
  readonly catalog: FakeCatalog;
  readonly integrations: FakeIntegrations;
  readonly errors: unknown[];
  readonly counts: string[];
  executions: ExecutionService;
  /** Drops everything in memory as a crash does, and takes up what the store holds. */
  crash(): Promise<void>;
}

export async function openBench(
  given: { readonly store?: Store; readonly historySink?: HistorySink; readonly evaluations?: Evaluations } = {},
): Promise<Bench> {
  const random = countingRandom();
  const store = given.store ?? (await withLead(openMemoryStore({ random })));
  const errors: unknown[] = [];
  const counts: string[] = [];
  const ledger = new Ledger({ store, types: statesRecords, onFailed: ({ error }) => errors.push(error) });
  const clock = new ManualClock();
  const outbox = new Outbox({ ledger, consumers: [], clock, logger: silentLogger });
  const catalog = new FakeCatalog();
  const integrations = new FakeIntegrations();
  const options: ExecutionsOptions = {
    ledger,
    facts: outbox,
    catalog,
    integrations,
    evaluations: given.evaluations ?? { evaluate: (evaluation) => performEvaluation(evaluation) },
    clock,
    random,
    logger: { ...silentLogger, error: (details) => errors.push(details) },
    count: (what) => counts.push(what),
    onError: (error) => errors.push(error),
    ...(given.historySink ? { historySink: given.historySink } : {}),
  };
  const bench: Bench = {
    store,
    ledger,
    clock,
    catalog,
    integrations,
    errors,
    counts,
    executions: createExecutions(options),
    crash: async () => {
      bench.executions.close();
      bench.executions = createExecutions(options);
      await bench.executions.open(await store.load());
    },
  };
  await bench.executions.open(await store.load());
  return bench;
}

/** Waits for an execution's end. */
export function ended({ executions }: Bench, executionArn: string) {
  return new Promise<NonNullable<Parameters<Parameters<ExecutionService['onEnded']>[2]>[0]>>((resolve, reject) => {
    executions.onEnded(scope, executionArn, (end) => (end ? resolve(end) : reject(new Error('no such execution'))));
  });
}

/** Lets everything go on that needs no time. */
export async function settle({ store }: Pick<Bench, 'store'>): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise(setImmediate);
    await store.settled();
  }
}
