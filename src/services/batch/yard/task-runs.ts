import type { Clock } from '../../../core/clock.ts';
import { CommitFailed, invariant } from '../../../core/errors.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { JobId, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { EngineCapabilities, EngineEvent, EngineKind } from '../../../engines/index.ts';
import { endReasons, type LeafEvent } from '../../../lifecycle/index.ts';
import type { Ledger } from '../../../store/index.ts';
import { type ActiveJobs, type JobEntry, type PlacedState, placed } from './active-jobs.ts';
import type { QueueModel } from './queue-model.ts';
import type { SpecificationCache, SpecifiedJob } from './specification-cache.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskLogs } from './task-logs.ts';
import { taskSpecOf, UnstartableTask } from './task-spec.ts';
import type { JobTransitions } from './transitions.ts';

export interface TaskRunsOptions {
  readonly ledger: Ledger;
  readonly jobs: ActiveJobs;
  readonly queues: QueueModel;
  readonly transitions: JobTransitions;
  readonly specifications: SpecificationCache;
  readonly engines: TaskEngines;
  readonly logs: TaskLogs;
  readonly clock: Clock;
  readonly jobEnvironment: Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
}

/** Tasks and engines: carries out what transitions ask for, and turns engines' reports into events of jobs. */
export class TaskRuns {
  readonly #options: TaskRunsOptions;

  constructor(options: TaskRunsOptions) {
    this.#options = options;
  }

  /** Gives a placed task to its engine. May be repeated: the engine starts a task id once. */
  startTask(jobId: JobId): void {
    failpoint('dispatch.committed');
    this.#start(jobId).catch(this.#options.onError);
  }

  /** Asks the engine to stop a task: SIGTERM now, SIGKILL `grace` ms later. */
  stopTask(jobId: JobId, taskId: TaskId, grace: Milliseconds): void {
    const kind = this.#engineOf(this.#options.jobs.get(jobId));
    if (kind) this.#options.engines.stop(kind, taskId, grace).catch(this.#options.onError);
  }

  /** The attempt is recorded: the engine may forget it, and its log segments become rows. */
  releaseTask(entry: JobEntry, computeEnvironmentArn: string, taskId: TaskId): void {
    failpoint('report.committed');
    const { queues, engines } = this.#options;
    const kind = queues.engineOf(computeEnvironmentArn) ?? engines.holderOf(taskId);
    if (kind) this.#release(entry, kind, taskId).catch(this.#options.onError);
  }

  /** A report of an engine. Reports repeat until released: the lifecycle ignores what it has seen. */
  onReport(kind: EngineKind, event: EngineEvent): void {
    failpoint('report.received');
    const { jobs, ledger, transitions } = this.#options;
    const entry = jobs.byTask(event.taskId);
    if (!entry) {
      this.#onUnknownTask(kind, event).catch(this.#options.onError);
      return;
    }
    try {
      ledger.transact((transaction) => transitions.apply(transaction, entry, jobEventOf(event)));
    } catch (error) {
      this.#onImpossibleReport(kind, entry, event.taskId, error);
    }
  }

  /** What an engine says wrongly of one task fails that task; memory is whole, and the other reports are heard. */
  #onImpossibleReport(kind: EngineKind, entry: JobEntry, taskId: TaskId, error: unknown): void {
    const { engines, clock, logger, onError } = this.#options;
    // Memory is about to be rebuilt; then all reports come again.
    if (error instanceof CommitFailed) return;
    const task = placed(entry.state);
    if (task?.placement.taskId !== taskId) {
      onError(error);
      return;
    }
    logger.error({ err: error, engine: kind, taskId }, 'an engine reported what cannot be; the attempt fails');
    engines.stop(kind, taskId, 0).catch(onError);
    const at = clock.now();
    const statusReason = 'Task failed: its engine reported what cannot be';
    const containers = [{ name: 'default', stoppedAt: at, reason: statusReason }];
    const cause = task.status === 'STARTING' ? 'failed-to-start' : 'lost';
    try {
      this.#apply(entry.jobId, { kind: 'ended', at, taskId, cause, statusReason, containers });
    } catch (again) {
      onError(again);
    }
  }

  /** The engine that runs a job's current task. */
  #engineOf(entry: JobEntry | undefined): string | undefined {
    const placement = placed(entry?.state)?.placement;
    if (!placement) return undefined;
    const { queues, engines } = this.#options;
    // An environment can be deleted while the last jobs of it run.
    return queues.engineOf(placement.computeEnvironmentArn) ?? engines.holderOf(placement.taskId);
  }

  /** No job holds the task: its end is recorded and only the release was lost, or its record is gone for good. */
  async #onUnknownTask(kind: EngineKind, { kind: report, taskId }: EngineEvent): Promise<void> {
    const { engines, ledger, jobs } = this.#options;
    if (report !== 'ended') {
      await engines.stop(kind, taskId, 0);
      return;
    }
    // The end may be on its way to the disk. If that fails memory is rebuilt, and the report is needed again.
    const isDurable = await ledger.store.settled().then(
      () => true,
      () => false,
    );
    if (isDurable && !jobs.byTask(taskId)) await engines.release(kind, taskId);
  }

  async #start(jobId: JobId): Promise<void> {
    const { jobs, engines, specifications } = this.#options;
    const entry = jobs.get(jobId);
    if (entry?.state.status !== 'STARTING') return;
    const { state } = entry;
    const { taskId } = state.placement;
    const kind = this.#engineOf(entry);
    const job = specifications.peek(jobId) ?? (await specifications.fetch([entry])).get(jobId);
    // Stopped and released while this waited; or an engine that has never answered, and will be told when it does.
    const capabilities = kind && engines.description(kind)?.capabilities;
    if (!capabilities || jobs.byTask(taskId)?.state.status !== 'STARTING') return;
    try {
      const task = await this.#taskSpec(entry, state, job, capabilities);
      // Stopped and released meanwhile: the engine may have forgotten even the tombstone, and would start it.
      if (jobs.byTask(taskId)?.state.status !== 'STARTING') return;
      const answer = await engines.start(kind, task);
      failpoint('dispatch.started');
      if (answer === 'tombstone') this.#apply(jobId, { kind: 'start-refused', at: this.#options.clock.now(), taskId });
      else if (typeof answer === 'object') this.#failStart(jobId, taskId, answer.reason);
    } catch (error) {
      if (!(error instanceof UnstartableTask)) throw error;
      this.#failStart(jobId, taskId, `CannotStartContainerError: ${error.message}`);
    }
  }

  async #taskSpec(
    entry: JobEntry,
    state: PlacedState,
    job: SpecifiedJob | undefined,
    capabilities: EngineCapabilities,
  ) {
    const { queues, logs, jobEnvironment } = this.#options;
    if (!job) throw new UnstartableTask('the job is no longer in the store');
    const { placement } = state;
    const footprint = queues.footprintOf(entry.jobId);
    invariant(footprint, `job ${entry.jobId} has a task and no place`);
    return taskSpecOf({
      jobId: entry.jobId,
      job,
      placement,
      attempt: state.attempts.length + 1,
      jobQueueName: nameOf(entry.jobQueueArn),
      computeEnvironmentName: nameOf(placement.computeEnvironmentArn),
      footprint,
      log: await logs.sink(entry, job, placement.taskId),
      jobEnvironment,
      capabilities,
    });
  }

  /** `reason` begins with AWS's name of the error. */
  #failStart(jobId: JobId, taskId: TaskId, reason: string): void {
    const at = this.#options.clock.now();
    const container = { name: 'default', stoppedAt: at, reason };
    this.#apply(jobId, {
      kind: 'ended',
      at,
      taskId,
      cause: 'failed-to-start',
      statusReason: endReasons['failed-to-start'],
      containers: [container],
    });
  }

  #apply(jobId: JobId, event: LeafEvent): void {
    const { jobs, ledger, transitions } = this.#options;
    const entry = jobs.get(jobId);
    if (entry) ledger.transact((transaction) => transitions.apply(transaction, entry, event));
  }

  async #release(entry: JobEntry, kind: string, taskId: TaskId): Promise<void> {
    const { logs, engines } = this.#options;
    await logs.finish(entry, taskId);
    await engines.release(kind, taskId);
    failpoint('report.released');
  }
}

function jobEventOf(event: EngineEvent): LeafEvent {
  const { taskId, at, notes } = event;
  if (event.kind === 'running') return { kind: 'started', at, taskId, notes };
  const { cause, statusReason, containers } = event;
  return { kind: 'ended', at, taskId, cause, statusReason, containers, notes };
}

function nameOf(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}
