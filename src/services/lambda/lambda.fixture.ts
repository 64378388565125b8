import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, JobId, Region } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import {
  type DeliveredFact,
  DueWork,
  idempotencyRecordKey,
  Ledger,
  openMemoryStore,
  type Store,
  withLead,
} from '../../store/index.ts';
import type { FunctionSettings } from './functions.ts';
import { createLambda, lambdaRecords } from './index.ts';
import type { LambdaOperationName } from './operation-names.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

const command = {
  kind: 'command',
  command: ['cat'],
  image: 'host',
  queue: 'default',
  vcpus: 1,
  memoryMiB: 64,
} as const;
const deadLetterQueue = 'arn:aws:sqs:us-east-1:123456789012:dead';

/** The functions of the bench, `f`, whose letters go to a queue, and `narrow`, which runs once at a time. */
const functions: ReadonlyMap<string, FunctionSettings> = new Map(
  (
    [
      {
        name: 'f',
        run: { ...command, environment: { KEY: 'secret' } },
        timeout: 3000,
        concurrency: 10,
        deadLetterQueue,
      },
      { name: 'narrow', run: { ...command, environment: {} }, timeout: 3000, concurrency: 1 },
      {
        name: 'posted',
        run: { kind: 'url', url: 'http://u:secret@functions.test/path?secret' },
        timeout: 3000,
        concurrency: 1,
      },
    ] satisfies readonly FunctionSettings[]
  ).map((settings) => [settings.name, settings]),
);

interface Job {
  readonly jobId: JobId;
  readonly jobName: string;
  status: string;
  startedAt?: number;
  exitCode?: number;
  lines: readonly string[];
}

type Call = readonly [input: Readonly<Record<string, unknown>>, context: RequestContext];

/** Lambda on a memory store. Batch, Logs and SQS are the test's, who says what becomes of jobs. */
export class LambdaBench {
  readonly clock = new ManualClock();
  readonly jobs: Job[] = [];
  readonly terminated: string[] = [];
  readonly letters: Readonly<Record<string, unknown>>[] = [];
  /** Rejects where a test lets it. */
  onTerminate: () => void = () => {};
  /** What is done whenever a job is described, before it is answered. */
  onDescribe: () => void = () => {};
  readonly #store: Store;
  #ledger: Ledger;
  #due: DueWork;
  service: ReturnType<typeof createLambda>;

  private constructor(store: Store) {
    this.#store = store;
    this.#ledger = this.#newLedger();
    this.#due = new DueWork({ ledger: this.#ledger, clock: this.clock, logger: silentLogger });
    this.service = this.#create();
    this.#due.open();
  }

  static async open(): Promise<LambdaBench> {
    return new LambdaBench(await withLead(openMemoryStore({ random: new SystemRandom() })));
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.#due.pause();
    this.#ledger = this.#newLedger();
    await this.#ledger.fill((await this.#store.load()).records);
    this.#due = new DueWork({ ledger: this.#ledger, clock: this.clock, logger: silentLogger });
    this.service = this.#create();
    this.#due.open();
    await this.settle();
  }

  /** Calls an operation as the gateway does. */
  call<Output = Readonly<Record<string, unknown>>>(
    name: LambdaOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.definition.operations[name] as Operation<unknown, Output>;
    const own = { ...rootContext(scope, this.clock.now()), ...context };
    return callOperation(operation, input, own, () => this.settle());
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) {
      await this.#store.settled();
      await nextTurn();
    }
  }

  async advance(duration: number): Promise<void> {
    this.clock.advance(duration);
    await this.settle();
  }

  /** The job that was submitted last begins. */
  async begin(): Promise<void> {
    await this.#change({ status: 'RUNNING', startedAt: this.clock.now() });
  }

  /** It ends, and has logged this. */
  async end(exitCode = 0, ...lines: readonly string[]): Promise<void> {
    await this.#change({ status: exitCode === 0 ? 'SUCCEEDED' : 'FAILED', exitCode, lines });
  }

  async #change(more: Partial<Job>): Promise<void> {
    const job = this.jobs.at(-1);
    if (!job) throw new Error('no job was submitted');
    Object.assign(job, more);
    const fact = { kind: 'job', jobId: job.jobId } as DeliveredFact['fact'];
    await this.service.consumer.deliver([{ fact } as DeliveredFact]);
    await this.settle();
  }

  #newLedger(): Ledger {
    const onFailed = ({ error }: { readonly error: unknown }) => {
      throw error;
    };
    return new Ledger({ store: this.#store, types: lambdaRecords, onFailed });
  }

  #create() {
    return createLambda({
      ...{ ledger: this.#ledger, due: this.#due, clock: this.clock, random: new SystemRandom() },
      ...{ logger: silentLogger, functions },
      invoke: async <Output>(_service: string, operation: string, input: unknown, context: RequestContext) => {
        const called = this.#calls[operation];
        if (!called) throw new ServiceError('InvalidAction', operation);
        return (await called(input as Call[0], context)) as Output;
      },
    });
  }

  readonly #calls: Readonly<Record<string, (...call: Call) => unknown>> = {
    DescribeJobDefinitions: () => ({ jobDefinitions: [] }),
    RegisterJobDefinition: ({ jobDefinitionName }) => ({ jobDefinitionArn: `${jobDefinitionName}:1` }),
    SubmitJob: (input, context) => this.#submit(input, context),
    DescribeJobs: ({ jobs }) => {
      const [jobId] = jobs as readonly string[];
      this.onDescribe();
      const found = this.jobs.filter((job) => job.jobId === jobId);
      return {
        jobs: found.map((job) => ({ ...job, container: { exitCode: job.exitCode, logStreamName: job.jobId } })),
      };
    },
    TerminateJob: ({ jobId }) => {
      this.onTerminate();
      this.terminated.push(String(jobId));
    },
    GetLogEvents: ({ logStreamName }) => ({
      events: this.jobs.find((job) => job.jobId === logStreamName)?.lines.map((message) => ({ message })),
    }),
    SendMessage: (input) => this.letters.push(input),
  };

  /** As Batch does: key and result are durable with the job. */
  #submit({ jobName }: Call[0], { idempotencyKey = '' }: RequestContext) {
    const jobId = `job-${this.jobs.length}` as JobId;
    this.jobs.push({ jobId, jobName: String(jobName), status: 'RUNNABLE', lines: [] });
    const key = idempotencyRecordKey('batch', 'SubmitJob', idempotencyKey);
    const record = { ...scope, key, fingerprint: '', result: { jobId }, expiresAt: this.clock.now() + 86_400_000 };
    this.#ledger.transact((transaction) => transaction.add({ kind: 'idempotency.put', record }));
    return { jobId };
  }
}
