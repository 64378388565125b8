import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { EpochMilliseconds, JobId, TaskId } from '../../../core/ids.ts';
import { type Caller, type Dependency, type JobReference, type Placement, parseJobId } from '../../../core/job.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';
import type { Sweep } from '../../../core/sweep.ts';
import type {
  CommandRefused,
  CommandRequest,
  EngineKind,
  EnginePool,
  EngineStatus,
  EnteredCommand,
} from '../../../engines/index.ts';
import { AttemptTimeouts, heldTask, Jobs, type JobsPorts, JobWork } from '../../../jobs/index.ts';
import type { StopEvent } from '../../../lifecycle/index.ts';
import type { ActiveShares, SchedulerStats } from '../../../scheduler/index.ts';
import type { ServerState } from '../../../simulator/index.ts';
import type { Ledger, LoadedState, Transaction } from '../../../store/index.ts';
import { BlockedQueues, type HeadEnd } from './blocked-queues.ts';
import type {
  ActiveJob,
  ChildCounts,
  ConsumablePlace,
  Explanation,
  NewJob,
  Outlook,
  QueueSnapshot,
  QueueState,
  TaskUsage,
  Yard,
} from './contract.ts';
import { Dispatcher } from './dispatcher.ts';
import { EmptyQueues } from './empty-queues.ts';
import { type ExplanationSources, explain } from './explain.ts';
import type { FileSystems } from './file-systems.ts';
import { HeldTasks } from './held-tasks.ts';
import { Instances } from './instances.ts';
import { JobJournal } from './job-journal.ts';
import { NodePlaces } from './node-places.ts';
import { outlook } from './outlook.ts';
import { QueueDepartures } from './queue-departures.ts';
import { QueueModel } from './queue-model.ts';
import { queueSnapshot } from './queue-snapshot.ts';
import { queueState } from './queue-state.ts';
import { RecentActivity } from './recent-activity.ts';
import { Reconciliation } from './reconciliation.ts';
import { Recovery } from './recovery.ts';
import { taskUsage } from './running-usage.ts';
import { SchedulingTime } from './scheduling-time.ts';
import { serverState } from './server-state.ts';
import { shareSweep } from './share-sweeper.ts';
import { ShownTasks } from './shown-tasks.ts';
import { SpecificationCache } from './specification-cache.ts';
import { eachWithTask, type StopOutcome, stopRunning } from './stop-running.ts';
import { FinishedJobSweeper } from './sweeper.ts';
import { describeTask, type TaskDescription } from './task-description.ts';
import { TaskEngines } from './task-engines.ts';
import { TaskLogs } from './task-logs.ts';
import { TaskRuns } from './task-runs.ts';
import { ungrantedIn } from './ungranted.ts';
import { UnheldTasks } from './unheld-tasks.ts';
import type { YardOptions } from './yard-options.ts';

/** The jobs in motion: see `contract.ts`. Built empty; `fill` makes it what the store holds, `begin` sets it going. */
export class JobYard implements Yard {
  readonly #ledger: Ledger;
  readonly #journal: JobJournal;
  readonly #jobs: Jobs;
  readonly #held: HeldTasks;
  /** Those that jobs hold, and those of the last hour. */
  readonly tasks: ShownTasks;
  readonly usage: TaskUsage;
  readonly #work: JobWork;
  readonly #blocked: BlockedQueues;
  readonly #queues: QueueModel;
  // One that has ended is not in the table any more, and the scheduler hears of it when the transaction is taken.
  readonly #departures = new QueueDepartures((id) => this.#jobs.get(id)?.jobQueueArn ?? this.#queues.queueOf(id));
  readonly activity: RecentActivity;
  readonly #timeouts: AttemptTimeouts;
  readonly #specifications: SpecificationCache;
  readonly #engines: TaskEngines;
  readonly #runs: TaskRuns;
  readonly #nodePlaces: NodePlaces;
  readonly #dispatcher: Dispatcher;
  readonly instances: Instances;
  readonly #recovery: Recovery;
  readonly #reconciliation: Reconciliation;
  readonly #sweeper: FinishedJobSweeper;
  readonly #fileSystems: FileSystems;
  readonly #shareSweep: Sweep;
  readonly #time: SchedulingTime;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #emptyQueues: EmptyQueues;
  readonly #whenIdle: (() => void)[] = [];
  /** What has a task is to end, and nothing else starts, whatever memory goes through. */
  #isStopping = false;
  /** Until it aborts, memory is what the store holds or will hold. */
  #whole: AbortController | undefined;

  constructor(options: YardOptions) {
    const { ledger, clock, onError, logger, random } = options;
    const { reads } = ledger.store;
    this.#ledger = ledger;
    this.#fileSystems = options.fileSystems;
    this.#clock = clock;
    this.#onError = onError;
    this.activity = new RecentActivity(clock);
    this.#blocked = new BlockedQueues({
      ...{ ledger, facts: options.outbox, clock, random, logger, onError },
      grace: options.blockedAfter ?? 60_000,
      actionsOf: (queueArn) => this.#queues.queue(queueArn)?.jobStateTimeLimitActions ?? [],
      instanceTypeOf: (queueArn) => this.#queues.instanceTypeOf(queueArn),
      failsImpossible: (queueArn) => this.#queues.failsImpossible(queueArn),
      end: (transaction, element, end) => this.#endHead(transaction, element, end),
    });
    this.#specifications = new SpecificationCache(reads);
    this.#engines = new TaskEngines({
      ...{ engines: options.engines, hold: options.hold, clock, logger },
      onAvailability: () => this.#queues.refreshEngines(),
      onRecovered: (kind) => void this.#reconciliation.retell(kind).catch(onError),
    });
    const time = new SchedulingTime(clock);
    this.#time = time;
    this.#queues = new QueueModel({
      ...{ ledger, instanceTypes: options.instanceTypes },
      now: () => time.now(),
      ...(options.minimumShareDecay === undefined ? {} : { minimumShareDecay: options.minimumShareDecay }),
      engineProblem: (kind) => this.#engines.problem(kind) ?? this.#reconciliation.problem(kind),
      enginePools: () => this.#engines.pools(),
      ...(options.roleProblem && { roleProblem: options.roleProblem }),
      onChange: () => this.#dispatcher.poke(),
    });
    // Refused while memory is rebuilt: the deadline is stored, and strikes again at once.
    this.#timeouts = new AttemptTimeouts(clock, (taskId) => this.#guard(() => this.#timedOut(taskId)));
    this.#journal = new JobJournal(
      ledger,
      options.outbox,
      {
        consumed: (place) => this.#queues.consumableChanged(place),
        changed: (transaction, job, change) => this.activity.told(transaction, job, change),
        left: (transaction, jobId, at) => this.#departures.left(transaction, jobId, at),
      },
      this.#queues,
    );
    this.#jobs = new Jobs(this.#ports(clock));
    this.#held = new HeldTasks(this.#jobs);
    this.tasks = new ShownTasks(this.#jobs, clock);
    this.#work = new JobWork(this.#jobs, setImmediate, onError, options.unitsPerTurn);
    this.#emptyQueues = new EmptyQueues(this.#jobs);
    const specifications = this.#specifications;
    const engines = this.#engines;
    this.usage = taskUsage({ jobs: this.#jobs, engines });
    const logs = new TaskLogs({ streams: options.logStreams, specifications, limits: options.logLimits });
    const shared = { ledger, jobs: this.#jobs, journal: this.#journal, queues: this.#queues, clock, onError };
    const parts = { ...shared, specifications, engines, logs, time };
    this.#runs = new TaskRuns({
      ...{ ...parts, logger, fileSystems: options.fileSystems, valueSource: options.valueSource },
      giveVariables: options.giveVariables ?? (() => ({ environment: {}, secrets: {}, notes: [] })),
      onUnknownTask: (kind, event) => this.#reconciliation.onUnknownTask(kind, event),
    });
    this.#nodePlaces = new NodePlaces({ ...parts, random });
    this.instances = new Instances({ ...parts, runs: this.#runs, timing: options.instanceTiming ?? {}, logger });
    this.#dispatcher = new Dispatcher({
      ...{ ...parts, random },
      onInstances: (decisions) => this.instances.carryOut(decisions),
      onBlocked: (changes, isWhole) => this.#blocked.take(changes, isWhole),
    });
    const runs = this.#runs;
    const { instances } = this;
    this.#recovery = new Recovery({ ...parts, instances, reads, timeouts: this.#timeouts });
    const unheld = new UnheldTasks({ ...parts, instances, onReport: runs.onReport.bind(runs), logger });
    this.#reconciliation = new Reconciliation({ ...parts, runs, unheld });
    this.#shareSweep = shareSweep({ ledger, queues: this.#queues, clock, onError });
    const isNamed = (jobId: JobId) => this.#jobs.isNamed(jobId);
    this.#sweeper = new FinishedJobSweeper({
      ...{ ledger, reads, clock, isNamed, onError },
      ...{ outbox: options.outbox, retention: options.retention, jobTurns: options.jobTurns },
    });
  }

  /** What the jobs need of the world. */
  #ports(clock: Clock): JobsPorts {
    return {
      journal: this.#journal,
      scheduler: this.#queues,
      timers: this.#timeouts,
      clock,
      onWork: () => this.#work.wake(),
      effects: {
        startTask: (holder, taskId) => {
          const instance = heldTask(holder)?.placement.instance;
          if (instance === undefined || !this.instances.endsLost(instance)) this.#runs.startTask(taskId);
        },
        stopTask: (_holder, placement, grace) => this.#runs.stopTask(placement, grace),
        releaseTask: (holder, placement) => {
          this.tasks.ended(holder, placement);
          this.#runs.releaseTask(holder, placement);
        },
        ended: ({ jobId, jobQueueArn }) => {
          this.#nodePlaces.forget(jobId);
          this.#guard(() => this.#emptyQueues.check(jobQueueArn));
          this.#checkIdle();
        },
      },
      placeNode: (transaction, gang, index) => this.#nodePlaces.place(transaction as Transaction, gang, index),
    };
  }

  /** Makes jobs what the store holds; the ledger is that already. Nothing is decided or heard before `begin`. */
  async fill(loaded: LoadedState): Promise<void> {
    this.pause();
    this.#blocked.clear();
    this.#departures.clear();
    this.#nodePlaces.clear();
    await this.#recovery.fill(loaded);
    this.#held.thaw();
  }

  /** Settles what happened to tasks meanwhile, and starts to run jobs. An engine that does not answer keeps up its own alone. */
  async begin(): Promise<void> {
    const whole = new AbortController();
    this.#whole = whole;
    await this.#engines.describeAll();
    if (whole.signal.aborted) return;
    await this.#reconciliation.begin(whole.signal);
    if (whole.signal.aborted) return;
    await this.#recovery.takeUp();
    // Closed or paused while it waited: nothing may begin any more.
    if (whole.signal.aborted) return;
    this.#listen(whole.signal);
    this.instances.begin();
    this.#work.resume();
    if (!this.#isStopping) this.#dispatcher.resume();
    this.#sweeper.start();
    this.#shareSweep.start();
  }

  /** Decides and hears nothing more; running tasks go on. */
  pause(): void {
    this.#whole?.abort();
    this.#held.freeze();
    this.#dispatcher.pause();
    this.instances.pause();
    this.#work.pause();
    this.#sweeper.stop();
    this.#shareSweep.stop();
    this.#blocked.pause();
  }

  /** Ends service: as `pause`, and no timer is left. */
  close(): void {
    this.pause();
    this.#timeouts.disarmAll();
    this.#engines.close();
    this.#blocked.close();
  }

  /** How full queues, environments and pools are. */
  schedulerStats(): SchedulerStats {
    return this.#queues.stats();
  }

  /** How many attempts engines hold now. */
  get runningCount(): number {
    return this.#jobs.tasks().size;
  }

  /** Whether a job holds the task, by its id as text. */
  hasTask(taskId: string): boolean {
    return this.#jobs.byTask(taskId as TaskId) !== undefined;
  }

  /** The machines that environments of an engine run on, as it said last. */
  poolsOf(engine: EngineKind): readonly EnginePool[] {
    return this.#engines.pools().get(engine) ?? [];
  }

  /** Where a task is that a job holds: asked for each call of what runs, also while memory is filled anew. */
  placementOf(taskId: TaskId): Placement | undefined {
    return this.#held.placementOf(taskId);
  }

  /** A task that a job holds. */
  describeTask(taskId: TaskId): Promise<TaskDescription | undefined> {
    const [jobs, queues, specifications] = [this.#jobs, this.#queues, this.#specifications];
    return describeTask(taskId, { jobs, queues, specifications });
  }

  /** Resolves once no job holds a task, and that is durable. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#checkIdle();
    });
  }

  /** Ends every task, recorded or not, and starts no other: for `--stop-jobs`. */
  stopRunning(reason: string): Promise<StopOutcome> {
    return stopRunning({
      ...{ ledger: this.#ledger, clock: this.#clock, jobs: this.#jobs, runs: this.#runs, engines: this.#engines },
      terminate: () => this.terminateRunning(reason),
      whenIdle: () => this.whenIdle(),
    });
  }

  /** Terminates every job that has a task, in as many turns as it takes, and starts no other. */
  async terminateRunning(reason: string): Promise<void> {
    this.#isStopping = true;
    this.#dispatcher.pause();
    await eachWithTask(this.#jobs, (jobId) => this.terminate(jobId, reason));
  }

  /** What an engine can do, as it said last, and why it cannot now. */
  engineStatus(kind: EngineKind): EngineStatus {
    return this.#engines.status(kind);
  }

  /** The same of all engines, asked anew; one that does not answer costs no more than its deadline. */
  engineStatuses(): Promise<readonly EngineStatus[]> {
    return this.#engines.statuses();
  }

  submit(transaction: Transaction, job: NewJob): void {
    const { jobName, jobDefinitionArn, jobQueueArn, specification } = job;
    if (this.#specifications.isWorthKeeping(this.#jobs.countInQueue(jobQueueArn)))
      this.#specifications.put(job.jobId, { jobName, jobDefinitionArn, specification });
    this.#jobs.submit(transaction, job);
    transaction.onCommitted(() => failpoint('submit.committed'));
  }

  cancel(jobId: JobId, reason: string, by?: Caller): void {
    this.#stop(jobId, { kind: 'cancel-requested', reason, ...(by && { by }) });
  }

  terminate(jobId: JobId, reason: string, by?: Caller): void {
    this.#stop(jobId, { kind: 'terminate-requested', reason, ...(by && { by }) });
  }

  active(jobId: JobId): ActiveJob | undefined {
    return this.#jobs.get(jobId);
  }

  knows(jobId: JobId): boolean {
    return this.#jobs.knows(jobId);
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

  explain(jobId: JobId, dependsOn?: readonly Dependency[], at = this.schedulingTime()): Explanation | undefined {
    return explain(parseJobId(jobId), dependsOn, this.#sources(at));
  }

  stateFor(reference: JobReference): ServerState | undefined {
    const { instances } = this;
    return serverState(reference, {
      ...{ jobs: this.#jobs, queues: this.#queues, clock: this.#clock, bootDelay: instances.bootDelay },
      decided: () => this.#dispatcher.decided(),
      starting: () => instances.starting(),
    });
  }

  #sources(at: EpochMilliseconds): ExplanationSources {
    return { jobs: this.#jobs, queues: this.#queues, engines: this.#engines, blocked: this.#blocked, at };
  }

  ungranted(node: NodeSpecification, jobQueueArn: string): readonly string[] {
    return ungrantedIn(node, jobQueueArn, { queues: this.#queues, engines: this.#engines });
  }

  enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
    return this.#engines.enter(taskId, request);
  }

  outlook(job: NewJob): Outlook {
    const [jobs, queues, engines, fileSystems] = [this.#jobs, this.#queues, this.#engines, this.#fileSystems];
    return outlook(job, { jobs, queues, engines, fileSystems });
  }

  hopeless(job: NewJob): string | undefined {
    return this.#queues.hopelessWords(job);
  }

  snapshot(jobQueueArn: string, limit: number): QueueSnapshot {
    const lastLeft = (queueArn: string) => this.#departures.last(queueArn);
    return queueSnapshot(jobQueueArn, limit, { jobs: this.#jobs, queues: this.#queues, lastLeft });
  }

  queueState(jobQueueArn: string): QueueState {
    return queueState(jobQueueArn, this.#sources(this.schedulingTime()));
  }

  heldVcpus(): ReadonlyMap<string, number> {
    return new Map(this.#queues.stats().environments.map(({ arn, usedVcpus }) => [arn, usedVcpus]));
  }

  sizeOf(jobId: JobId): number | undefined {
    return this.#jobs.sizeOf(jobId);
  }

  childCounts(jobId: JobId): ChildCounts | undefined {
    return this.#jobs.childCounts(jobId);
  }

  resourcesChanged(transaction: Transaction): void {
    transaction.onAccepted(() => {
      this.#queues.refresh();
      this.#blocked.actionsChanged();
    });
  }

  /** Roles or their policies have changed. */
  rolesChanged(): void {
    this.#guard(() => this.#queues.rolesChanged());
  }

  consumableChanged(transaction: Transaction, place: ConsumablePlace): void {
    transaction.onAccepted(() => this.#queues.consumableChanged(place));
  }

  activeShares(jobQueueArn: string, share: string): ActiveShares {
    return this.#queues.activeShares({ queueArn: jobQueueArn, share });
  }

  schedulingTime(): EpochMilliseconds {
    return this.#time.now();
  }

  heldOf(consumableArn: string): number {
    return this.#queues.heldOf(consumableArn);
  }

  #stop(jobId: JobId, request: StopEvent): void {
    this.#journal.transact((transaction) => this.#jobs.stop(transaction, parseJobId(jobId), request));
  }

  /** Has waited too long at the head of its queue. */
  #endHead(transaction: Transaction, element: JobId, { words: reason, action }: HeadEnd): void {
    const head = action ? this.#jobs.nextOf(element) : parseJobId(element);
    if (head) this.#jobs.stop(transaction, head, { kind: 'cancel-requested', reason });
  }

  #timedOut(taskId: TaskId): void {
    this.#journal.transact((transaction) => this.#jobs.timedOut(transaction, taskId));
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
    if (this.#jobs.tasks().size > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  #listen(whole: AbortSignal): void {
    const reports = this.#engines.listen(whole, (kind, event) => this.#runs.onReport(kind, event));
    reports.catch((error) => {
      if (!whole.aborted) this.#onError(error);
    });
  }
}
