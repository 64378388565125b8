import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { JobId, TaskId } from '../../../core/ids.ts';
import type { Caller } from '../../../core/job.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Engine, EngineDescription, EngineKind } from '../../../engines/index.ts';
import type { LeafEvent } from '../../../lifecycle/index.ts';
import type { Ledger, LoadedState, Outbox, Transaction } from '../../../store/index.ts';
import { ActiveJobs } from './active-jobs.ts';
import { AttemptTimeouts } from './attempt-timeouts.ts';
import { BlockedQueues } from './blocked-queues.ts';
import type { ActiveJob, Explanation, NewJob, Yard } from './contract.ts';
import { Dependencies } from './dependencies.ts';
import { Dispatcher } from './dispatcher.ts';
import { EmptyQueues } from './empty-queues.ts';
import { explain } from './explain.ts';
import type { LogStreams } from './log-streams.ts';
import { QueueModel } from './queue-model.ts';
import { Recovery } from './recovery.ts';
import { SpecificationCache } from './specification-cache.ts';
import { type FinishedJobRetention, FinishedJobSweeper } from './sweeper.ts';
import { TaskEngines } from './task-engines.ts';
import { TaskLogs } from './task-logs.ts';
import { TaskRuns } from './task-runs.ts';
import { type Counters, JobTransitions } from './transitions.ts';

export interface YardOptions {
  readonly ledger: Ledger;
  /** Hears of every transition. */
  readonly outbox: Outbox;
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  readonly logStreams: LogStreams;
  /** Of each attempt's output. */
  readonly logLimits: { readonly rateBytesPerSecond: number; readonly maximumBytes: number };
  /** Variables that every job gets, below its definition's own. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  readonly retention: FinishedJobRetention;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Something that must not happen did: the server rebuilds memory from the store, or stops. */
  readonly onError: (error: unknown) => void;
}

/** The jobs in motion: see `contract.ts`. Built empty; `open` fills it from the store and sets it going. */
export class JobYard implements Yard {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #jobs = new ActiveJobs();
  readonly #blocked: BlockedQueues;
  readonly #queues: QueueModel;
  readonly #timeouts: AttemptTimeouts;
  readonly #transitions: JobTransitions;
  readonly #specifications: SpecificationCache;
  readonly #engines: TaskEngines;
  readonly #runs: TaskRuns;
  readonly #dependencies: Dependencies;
  readonly #dispatcher: Dispatcher;
  readonly #recovery: Recovery;
  readonly #sweeper: FinishedJobSweeper;
  readonly #onError: (error: unknown) => void;
  readonly #emptyQueues: EmptyQueues;
  readonly #whenIdle: (() => void)[] = [];
  #listening: AbortController | undefined;
  #closed = false;

  constructor(options: YardOptions) {
    const { ledger, clock, onError } = options;
    const { reads } = ledger.store;
    const jobs = this.#jobs;
    const counters: Counters = { lastTransition: 0, lastNumber: 0, lowestSequence: 0, highestSequence: 0 };
    this.#ledger = ledger;
    this.#clock = clock;
    this.#onError = onError;
    this.#blocked = new BlockedQueues(options.logger);
    this.#emptyQueues = new EmptyQueues(jobs);
    this.#specifications = new SpecificationCache(reads);
    this.#engines = new TaskEngines({
      engines: options.engines,
      clock,
      logger: options.logger,
      onAvailability: () => this.#queues.refreshEngines(),
      onRecovered: (kind) => void this.#recovery.retell(kind).catch(onError),
    });
    this.#queues = new QueueModel({
      ledger,
      engineProblem: (kind) => this.#engines.problem(kind),
      enginePool: (kind) => this.#engines.description(kind)?.pool,
      onChange: () => this.#dispatcher.poke(),
    });
    this.#timeouts = new AttemptTimeouts(clock, (jobId, taskId) =>
      // Refused while memory is rebuilt: the deadline is stored, and strikes again at once.
      this.#guard(() => this.#apply(jobId, { kind: 'timed-out', at: clock.now(), taskId })),
    );
    const queues = this.#queues;
    const timeouts = this.#timeouts;
    const specifications = this.#specifications;
    const engines = this.#engines;
    const logs = new TaskLogs({ streams: options.logStreams, specifications, limits: options.logLimits });
    this.#transitions = new JobTransitions({
      ledger,
      outbox: options.outbox,
      jobs,
      queues,
      timeouts,
      clock,
      counters,
      effects: {
        startTask: (jobId) => this.#runs.startTask(jobId),
        stopTask: (jobId, taskId, grace) => this.#runs.stopTask(jobId, taskId, grace),
        releaseTask: (entry, arn, taskId) => this.#runs.releaseTask(entry, arn, taskId),
        finished: ({ jobId, jobQueueArn }, status) => {
          this.#dependencies.finished(jobId, status);
          this.#guard(() => this.#emptyQueues.check(jobQueueArn));
          this.#checkIdle();
        },
      },
    });
    const transitions = this.#transitions;
    const { jobEnvironment, random } = options;
    const parts = { ledger, jobs, queues, transitions, specifications, engines, logs, clock, onError };
    this.#runs = new TaskRuns({ ...parts, jobEnvironment, logger: options.logger });
    this.#dependencies = new Dependencies({ ...parts, reads });
    this.#dispatcher = new Dispatcher({
      ...parts,
      random,
      enginePool: (kind) => engines.description(kind)?.pool,
      onBlocked: (changes, at) => this.#blocked.take(changes, at),
    });
    const settlers = { dependencies: this.#dependencies, runs: this.#runs };
    this.#recovery = new Recovery({ ...parts, ...settlers, timeouts, counters });
    this.#sweeper = new FinishedJobSweeper({ ledger, reads, clock, retention: options.retention, onError });
  }

  /** Fills memory from the store, settles what happened meanwhile, and starts to run jobs. Also after a failed commit. */
  async open(loaded: LoadedState): Promise<void> {
    this.pause();
    this.#blocked.clear();
    await this.#recovery.load(loaded);
    this.#ledger.store.resume();
    this.#ledger.refuseChanges(undefined);
    await this.#engines.describeAll();
    this.#queues.refreshEngines();
    await this.#recovery.reconcile();
    // Closed while it waited for engines: nothing may begin any more.
    if (this.#closed) return;
    this.#listen();
    this.#dispatcher.resume();
    this.#sweeper.start();
  }

  /** Decides and hears nothing more; running tasks go on. */
  pause(): void {
    this.#dispatcher.pause();
    this.#sweeper.stop();
    this.#listening?.abort();
    this.#listening = undefined;
  }

  /** Ends service: as `pause`, and no timer is left. */
  close(): void {
    this.#closed = true;
    this.pause();
    this.#timeouts.disarmAll();
    this.#engines.close();
  }

  /** How many attempts engines hold now. */
  get runningCount(): number {
    return this.#jobs.taskCount;
  }

  /** Whether a job holds the task, by its id as text. */
  hasTask(taskId: string): boolean {
    return this.#jobs.byTask(taskId as TaskId) !== undefined;
  }

  /** Resolves once no job holds a task, and that is durable. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#checkIdle();
    });
  }

  /** Terminates every job that has a task, and starts no other: for `--stop-jobs`. */
  terminateRunning(reason: string): void {
    this.#dispatcher.pause();
    for (const { jobId } of this.#jobs.withTasks()) this.terminate(jobId, reason);
  }

  /** What each engine can do, as it said last. */
  engineDescription(kind: string): EngineDescription | undefined {
    return this.#engines.description(kind);
  }

  submit(transaction: Transaction, job: NewJob): void {
    const { jobName, jobDefinitionArn, specification } = job;
    this.#specifications.put(job.jobId, { jobName, jobDefinitionArn, specification });
    this.#transitions.submit(transaction, job);
    const racedWithAnEnd = job.waitingFor.some((id) => !this.#jobs.get(id));
    if (!racedWithAnEnd) return;
    const scope: Scope = { account: job.account, region: job.region };
    transaction.onCommitted(() => void this.#dependencies.recheck(scope, job.jobId).catch(this.#onError));
  }

  cancel(jobId: JobId, reason: string, by?: Caller): void {
    this.#apply(jobId, { kind: 'cancel-requested', at: this.#clock.now(), reason, ...(by && { by }) });
  }

  terminate(jobId: JobId, reason: string, by?: Caller): void {
    this.#apply(jobId, { kind: 'terminate-requested', at: this.#clock.now(), reason, ...(by && { by }) });
  }

  active(jobId: JobId): ActiveJob | undefined {
    return this.#jobs.get(jobId);
  }

  activeCount(jobQueueArn: string): number {
    return this.#jobs.countInQueue(jobQueueArn);
  }

  onQueueEmpty(jobQueueArn: string, tell: () => void): void {
    this.#emptyQueues.watch(jobQueueArn, tell);
    // In a later turn, and once what emptied the queue is durable. If that fails, memory is rebuilt and this is asked again.
    this.#ledger.store.settled().then(
      () => this.#guard(() => this.#emptyQueues.check(jobQueueArn)),
      () => {},
    );
  }

  waitingCount(scope: Scope): number {
    return this.#jobs.countWaiting(scope);
  }

  explain(jobId: JobId): Explanation | undefined {
    const entry = this.#jobs.get(jobId);
    return entry && explain(entry, this.#queues, this.#engines, this.#blocked);
  }

  resourcesChanged(transaction: Transaction): void {
    this.#queues.refresh();
    // In the next turn: only then are the ledger's own records back as they were.
    transaction.onRollback(() => setImmediate(() => this.#queues.refresh()));
  }

  #apply(jobId: JobId, event: LeafEvent): void {
    const entry = this.#jobs.get(jobId);
    if (entry) this.#ledger.transact((transaction) => this.#transitions.apply(transaction, entry, event));
  }

  /** Runs what nobody waits for: its errors must not end the process. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#onError(error);
    }
  }

  #checkIdle(): void {
    if (this.#jobs.taskCount > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  #listen(): void {
    const listening = new AbortController();
    this.#listening = listening;
    const reports = this.#engines.listen(listening.signal, (kind, event) => this.#runs.onReport(kind, event));
    reports.catch((error) => {
      if (!listening.signal.aborted) this.#onError(error);
    });
  }
}
