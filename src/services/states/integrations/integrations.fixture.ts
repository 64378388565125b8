import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Json, parseResource } from '../../../asl/index.ts';
import type { Scope } from '../../../core/arn.ts';
import { ManualClock } from '../../../core/clock.ts';
import type { AccountId, JobId, Region } from '../../../core/ids.ts';
import type { JobStatus } from '../../../core/job.ts';
import { type Logger, silentLogger } from '../../../core/logger.ts';
import { type Operation, type RequestContext, type ServiceDefinition, unbuilt } from '../../../core/operation.ts';
import { SystemRandom } from '../../../core/random.ts';
import type { MayUseRole } from '../../../iam/index.ts';
import { DueWork, type JobFact, Ledger, openMemoryStore, type Store, withLead } from '../../../store/index.ts';
import { readApi } from '../apis/table.ts';
import type { ActivityQueues, ActivityTask, EndedExecution, Executions, TaskCall, TaskReport } from '../contract.ts';
import { activityArn } from '../names.ts';
import { activityRecords, statesRecords } from '../records.ts';
import { createIntegrations, type StatesIntegrations } from './index.ts';

export const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const parentArn = 'arn:aws:states:us-east-1:123456789012:execution:parent:one';
export const childMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:child';

function operation(schema: z.ZodType, readOnly = false): Operation {
  return {
    kind: 'operation',
    schema,
    readOnly,
    audit: 'none',
    access: () => [],
    handler: () => assert.fail('invoked directly'),
  };
}

const text = z.string();

/** The shapes of a few operations. */
const services: readonly ServiceDefinition[] = [
  definition('batch', {
    SubmitJob: operation(
      z.object({
        jobName: text,
        jobQueue: text,
        jobDefinition: text,
        shareIdentifier: text.optional(),
        parameters: z.record(text, text).optional(),
        tags: z.record(text, text).optional(),
        containerOverrides: z
          .object({ environment: z.array(z.object({ name: text, value: text })).optional() })
          .optional(),
      }),
    ),
    DescribeJobs: operation(z.object({ jobs: z.array(text) }), true),
    TerminateJob: operation(z.object({ jobId: text, reason: text })),
    CreateSchedulingPolicy: unbuilt,
  }),
  definition('sns', {
    Publish: operation(
      z.object({
        TopicArn: text.optional(),
        Message: text,
        MessageStructure: text.optional(),
        MessageAttributes: z.record(text, z.object({ DataType: text, StringValue: text.optional() })).optional(),
      }),
    ),
  }),
  definition('states', {
    StartExecution: operation(
      z.object({ stateMachineArn: text, name: text.optional(), input: text.optional(), traceHeader: text.optional() }),
    ),
    DescribeExecution: operation(z.object({ executionArn: text }), true),
    ListStateMachines: operation(z.object({ maxResults: z.int().optional() }), true),
  }),
  definition('logs', {
    GetLogEvents: operation(z.object({ logGroupName: text, logStreamName: text }), true),
  }),
];

function definition(name: string, operations: ServiceDefinition['operations']): ServiceDefinition {
  return {
    name,
    apiVersion: '2000-01-01',
    protocol: { kind: 'awsJson1.0', targetPrefix: name },
    errors: { validation: 'ValidationException', internal: 'InternalServerException' },
    operations,
  };
}

export interface Invocation {
  readonly operation: string;
  readonly input: unknown;
  readonly context: RequestContext;
}

/** Integrations over a memory store, with services, activities and executions that do what a test says. */
export class Bench {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly ledger: Ledger;
  readonly invocations: Invocation[] = [];
  readonly reports: TaskReport[] = [];
  readonly offered = new Map<string, ActivityTask>();
  readonly stopped: { readonly arn: string; readonly cause: string | undefined }[] = [];
  readonly listeners = new Map<string, (ended: EndedExecution | undefined) => void>();
  readonly errors: object[] = [];
  due: DueWork;
  /** Which roles may be used. @default all */
  mayUse: MayUseRole = () => true;
  integrations: StatesIntegrations;
  /** What operations answer, by `batch.SubmitJob`. */
  answers: Record<string, (input: never) => unknown> = {};
  #stored = 0;

  private constructor(store: Store) {
    this.store = store;
    this.ledger = new Ledger({ store, types: statesRecords, onFailed: ({ error }) => assert.fail(String(error)) });
    this.due = new DueWork({ ledger: this.ledger, clock: this.clock, logger: silentLogger });
    this.integrations = this.open();
  }

  static async open(): Promise<Bench> {
    // Tests count turns of the event loop: what is read from a file is read before.
    for (const name of ['batch', 'sns', 'sfn']) await readApi(name, 'optimised');
    for (const name of ['batch', 'sfn', 'cloudwatchlogs']) await readApi(name, 'sdk');
    return new Bench(await withLead(openMemoryStore({ random: new SystemRandom() })));
  }

  createActivity(name: string): void {
    const arn = activityArn(scope, name);
    const activity = { ...scope, name, arn, tags: {}, createdAt: 0 } as const;
    this.ledger.transact((transaction) => transaction.put(activityRecords, activity));
  }

  /** As a server that has just started: nothing is in memory but the ledger. */
  open(): StatesIntegrations {
    const logger: Logger = { debug() {}, info() {}, warn() {}, error: (details) => void this.errors.push(details) };
    this.due.pause();
    this.due = new DueWork({ ledger: this.ledger, clock: this.clock, logger });
    this.integrations = createIntegrations({
      invoke: async <Output>(service: string, name: string, input: unknown, context: RequestContext) => {
        this.invocations.push({ operation: `${service}.${name}`, input, context });
        const answer = this.answers[`${service}.${name}`] ?? assert.fail(`${service}.${name} was not expected`);
        return (await answer(input as never)) as Output;
      },
      services: () => services,
      ledger: this.ledger,
      due: this.due,
      clock: this.clock,
      random: new SystemRandom(),
      logger,
      activities: this.#activities(),
      mayUse: (call, roleArn) => this.mayUse(call, roleArn),
      executions: () => this.#executions() as Executions,
    });
    this.due.open();
    return this.integrations;
  }

  call(resource: string, input: Json, more: Partial<TaskCall> = {}): TaskCall {
    const parsed = parseResource(resource) ?? assert.fail(`${resource} is none`);
    return {
      ...scope,
      executionArn: parentArn,
      stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:parent',
      roleArn: 'arn:aws:iam::123456789012:role/r',
      stateName: 'Do it',
      task: { frame: '0', entry: 1, attempt: 0 },
      key: 'key-1',
      resource: parsed,
      arguments: input,
      ...more,
    };
  }

  /** Starts a try; its reports are gathered in `reports`. */
  start(resource: string, input: Json, more: Partial<TaskCall> = {}): TaskCall {
    const call = this.call(resource, input, more);
    this.integrations.start(call, (report) => void this.reports.push(report));
    return call;
  }

  /** Starts a try and answers with all its reports, once nothing moves any more. */
  async run(resource: string, input: Json, more: Partial<TaskCall> = {}): Promise<readonly TaskReport[]> {
    // As the step does that schedules a task.
    await this.integrations.checkArguments(this.call(resource, input).resource, input);
    this.start(resource, input, more);
    await this.settle();
    return this.reports;
  }

  /** Cancels as the host does: noted in a transaction, carried out after its commit. */
  cancel(call: TaskCall, cause: string): void {
    this.ledger.transact((transaction) => {
      this.integrations.noteCancel(transaction, call, cause);
      transaction.onCommitted(() => this.integrations.cancel(call, cause));
    });
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) {
      await nextTurn();
      await this.store.settled();
    }
  }

  /** Stops that are noted and not yet done. */
  async notedStops(): Promise<number> {
    return (await this.store.reads.due({ of: 'states.task-cancellation', limit: 100 })).length;
  }

  called(operationName: string): readonly Invocation[] {
    return this.invocations.filter(({ operation: name }) => name === operationName);
  }

  /** Tells the consumer of the transition of a job, or of several at once. */
  transition(jobs: string | readonly string[], to: JobStatus): void {
    const facts = [jobs].flat().map((jobId) => {
      this.#stored += 1;
      const fact: JobFact = { kind: 'job', ...scope, jobId: jobId as JobId, from: 'RUNNING', to, at: this.clock.now() };
      return { sequence: this.#stored, fact };
    });
    void this.integrations.consumer.deliver(facts);
  }

  #activities(): ActivityQueues {
    return {
      offer: (_arn, task) => void this.offered.set(task.key, task),
      withdraw: (key) => void this.offered.delete(key),
      reset: () => this.offered.clear(),
    };
  }

  #executions(): Pick<Executions, 'onEnded' | 'stop'> {
    return {
      onEnded: (_scope, arn, listener) => {
        this.listeners.set(arn, listener);
        return () => this.listeners.delete(arn);
      },
      stop: async (_scope, arn, { cause }) => {
        this.stopped.push({ arn, cause });
        return new Date(this.clock.now());
      },
    };
  }
}
