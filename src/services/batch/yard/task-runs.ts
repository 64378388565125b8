import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.ts';
import { CommitFailed, invariant } from '../../../core/errors.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { EpochMilliseconds, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';
import type { Logger } from '../../../core/logger.ts';
import type { GiveVariables, VariablesRequest } from '../../../core/task-variables.ts';
import {
  type EngineCapabilities,
  type EngineEvent,
  type EngineKind,
  lostReason,
  type TaskSpec,
} from '../../../engines/index.ts';
import { type HeldTask, heldTask, type Jobs, type TaskHolder, taskOfMainNode } from '../../../jobs/index.ts';
import { endReasons, type TaskEvent, unseenOutcomes } from '../../../lifecycle/index.ts';
import type { Ledger } from '../../../store/index.ts';
import { nameIn } from '../names.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';
import type { FileSystems } from './file-systems.ts';
import type { JobJournal } from './job-journal.ts';
import type { QueueModel } from './queue-model.ts';
import { nodeHeld, type SpecificationCache, type SpecifiedJob } from './specification-cache.ts';
import { launchTypeOf } from './task-description.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskLogs } from './task-logs.ts';
import { needsValues, readValues, roleRefusal, type TaskValues, type ValueSource } from './task-secrets.ts';
import { demandStartable, shareOf, type TaskParts, taskSpecOf, UnstartableTask } from './task-spec.ts';

export interface TaskRunsOptions {
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly journal: JobJournal;
  readonly queues: QueueModel;
  readonly specifications: SpecificationCache;
  readonly engines: TaskEngines;
  readonly logs: TaskLogs;
  readonly clock: Clock;
  readonly giveVariables: GiveVariables;
  readonly fileSystems: FileSystems;
  readonly valueSource: ValueSource;
  readonly logger: Logger;
  /** An engine reports of a task that no job holds. */
  readonly onUnknownTask: (kind: EngineKind, event: EngineEvent) => void;
  readonly onError: (error: unknown) => void;
}

/** Tasks and engines: carries out what transitions ask for, and turns engines' reports into events of jobs. */
export class TaskRuns {
  readonly #options: TaskRunsOptions;
  /** Tasks whose values are being read. */
  readonly #reading = new Set<TaskId>();
  /** Tasks that were handed on with their values, of which the engine did not say whether it has them. */
  readonly #unanswered = new Set<TaskId>();

  constructor(options: TaskRunsOptions) {
    this.#options = options;
  }

  /** Gives a placed task to its engine. May be repeated: the engine starts a task id once. */
  startTask(taskId: TaskId): void {
    failpoint('dispatch.committed');
    this.#start(taskId).catch(this.#options.onError);
  }

  /** Asks the engine to stop a task: SIGTERM now, SIGKILL `grace` ms later. */
  stopTask(placement: Placement, grace: Milliseconds): void {
    const kind = this.engineOf(placement);
    if (kind) this.#options.engines.stop(kind, placement.taskId, grace).catch(this.#options.onError);
  }

  /** The attempt is recorded: the engine may forget it, and its log segments become rows. */
  releaseTask(holder: TaskHolder, placement: Placement): void {
    failpoint('report.committed');
    this.#release(holder, this.engineOf(placement), placement.taskId).catch(this.#options.onError);
  }

  /** A report of an engine. Reports repeat until released: the lifecycle ignores what it has seen. */
  onReport(kind: EngineKind, event: EngineEvent): void {
    failpoint('report.received');
    const holder = this.#options.jobs.byTask(event.taskId);
    if (!holder) {
      this.#options.onUnknownTask(kind, event);
      return;
    }
    try {
      this.#report(taskEventOf(event, heldTask(holder)));
    } catch (error) {
      this.#onImpossibleReport(kind, event.taskId, error);
    }
  }

  /** What an engine says wrongly of one task fails that task; memory is whole, and the other reports are heard. */
  #onImpossibleReport(kind: EngineKind, taskId: TaskId, error: unknown): void {
    const { engines, clock, logger, onError } = this.#options;
    // Memory is about to be rebuilt; then all reports come again.
    if (error instanceof CommitFailed) return;
    const task = this.#held(taskId);
    if (!task) {
      onError(error);
      return;
    }
    logger.error({ err: error, engine: kind, taskId }, 'an engine reported what cannot be; the attempt fails');
    engines.stop(kind, taskId, 0).catch(onError);
    const at = clock.now();
    const statusReason = 'Task failed: its engine reported what cannot be';
    const containers = unseenOutcomes(task.placement, at, statusReason);
    const cause = task.status === 'STARTING' ? 'failed-to-start' : 'lost';
    try {
      this.#report({ kind: 'ended', at, taskId, cause, statusReason, containers });
    } catch (again) {
      onError(again);
    }
  }

  /** The engine that runs a task. An environment can be deleted while the last jobs of it run. */
  engineOf({ computeEnvironmentArn, taskId }: Placement): EngineKind | undefined {
    const { queues, engines } = this.#options;
    return queues.engineOf(computeEnvironmentArn) ?? engines.holderOf(taskId) ?? this.#engineOfGang(taskId);
  }

  /** A node that starts after its environment was deleted goes where its main node is. */
  #engineOfGang(taskId: TaskId): EngineKind | undefined {
    const { jobs, engines } = this.#options;
    const job = jobs.byTask(taskId)?.job;
    return job?.kind === 'multiNode' ? engines.holderOf(taskOfMainNode(job).taskId) : undefined;
  }

  #held(taskId: TaskId): HeldTask | undefined {
    const holder = this.#options.jobs.byTask(taskId);
    return holder && heldTask(holder);
  }

  /** In two steps where values are needed: no other task waits for its turn at the engine while they are read. */
  async #start(taskId: TaskId, values?: TaskValues): Promise<void> {
    const { jobs, engines } = this.#options;
    const held = this.#held(taskId);
    const holder = jobs.byTask(taskId);
    if (held?.status !== 'STARTING' || !holder) return;
    const kind = this.engineOf(held.placement);
    // An engine that has never answered will be told when it does.
    const capabilities = kind && engines.description(kind)?.capabilities;
    if (!capabilities) return;
    try {
      let lacking: SpecifiedJob | undefined;
      const answer = await engines.start(kind, taskId, async () => {
        const made = await this.#specify(holder, held, capabilities, values);
        if (!made || !('lacking' in made)) return made;
        lacking = made.lacking;
        return undefined;
      });
      if (lacking) await this.#startWithValues(holder, held, lacking, kind);
      if (answer === 'unwanted') return;
      if (answer === 'unanswered' && values) this.#unanswered.add(taskId);
      else this.#unanswered.delete(taskId);
      failpoint('dispatch.started');
      if (answer === 'tombstone' || (answer === 'declined' && mayWaitAgain(holder)))
        this.#report({ kind: 'start-refused', at: this.#options.clock.now(), taskId });
      else if (typeof answer === 'object') this.#failStart(held.placement, answer.reason);
    } catch (error) {
      if (error instanceof UnusableRole) this.#failStart(held.placement, error.message, error.message);
      if (error instanceof UnusableRole) return;
      if (!(error instanceof UnstartableTask)) throw error;
      this.#failStart(held.placement, `CannotStartContainerError: ${error.message}`);
    }
  }

  /** The values of a start are fresh, whatever an earlier one read. */
  async #startWithValues(holder: TaskHolder, held: HeldTask, job: SpecifiedJob, kind: EngineKind): Promise<void> {
    const { valueSource, engines } = this.#options;
    const { taskId } = held.placement;
    const capabilities = engines.description(kind)?.capabilities;
    const node = nodeHeld(job.specification, holder);
    if (this.#reading.has(taskId) || !capabilities || !node) return;
    this.#reading.add(taskId);
    const reading = readValues(valueSource, node, capabilities, { ...holder.job.scope, taskId });
    const read = await reading.finally(() => this.#reading.delete(taskId));
    if (read.kind === 'value') return this.#start(taskId, read.value);
    if (this.#held(taskId)?.status !== 'STARTING') return;
    this.#failStart(held.placement, read.reason, failedStatusOf(job, read.reason));
    // A start that was asked for before and comes late must run nothing. Later: the report of a stop would say less.
    if (this.#unanswered.has(taskId)) await nextTurn().then(() => engines.stop(kind, taskId, 0));
  }

  /** Undefined once it was stopped and released: the engine may have forgotten even the tombstone, and would start it. */
  async #specify(holder: TaskHolder, held: HeldTask, capabilities: EngineCapabilities, values: TaskValues | undefined) {
    const { specifications, valueSource } = this.#options;
    const { job: entry } = holder;
    const { jobId } = entry;
    const isStarting = () => this.#held(held.placement.taskId)?.status === 'STARTING';
    const job = specifications.peek(jobId) ?? (await specifications.fetch([entry])).get(jobId);
    if (!isStarting()) return undefined;
    if (!job) throw new UnstartableTask('the job is no longer in the store');
    const node = nodeHeld(job.specification, holder);
    invariant(node, `nothing is said of what ${held.id} runs`);
    const refusal = roleRefusal(valueSource, node, { ...entry.scope, taskId: held.placement.taskId });
    if (refusal !== undefined) throw new UnusableRole(refusal);
    if (!values && needsValues(node, capabilities)) {
      demandStartable(node, capabilities, entry.kind === 'multiNode');
      return { lacking: job };
    }
    const task = await this.#taskSpec(holder, held, { job, node, capabilities, values });
    return isStarting() ? task : undefined;
  }

  async #taskSpec(
    holder: TaskHolder,
    held: HeldTask,
    parts: Pick<TaskParts, 'job' | 'node' | 'capabilities' | 'values'>,
  ): Promise<TaskSpec> {
    const { queues, logs, fileSystems, giveVariables } = this.#options;
    const { job, node } = parts;
    const { job: entry } = holder;
    const { placement, element, id } = held;
    const footprint = queues.footprintOf(element, placement.pool);
    invariant(footprint, `${id} has a task and no place`);
    return taskSpecOf({
      ...partOf(holder, held),
      ...parts,
      jobQueueName: nameIn(entry.jobQueueArn),
      computeEnvironmentName: nameIn(placement.computeEnvironmentArn),
      given: shareOf(footprint, entry.resources, held.request),
      logs: await logs.sinks({ scope: entry.scope, job, node, taskId: placement.taskId }),
      variables: (container) =>
        giveVariables({
          ...accessOf(node, holder, held, queues.environment(placement.computeEnvironmentArn)),
          ...container,
          job: { id: entry.jobId, name: job.jobName },
        }),
      fileSystems,
    });
  }

  /** `reason` begins with AWS's name of the error. */
  #failStart(placement: Placement, reason: string, statusReason: string = endReasons['failed-to-start']): void {
    const at = this.#options.clock.now();
    const { taskId } = placement;
    const containers = unseenOutcomes(placement, at, reason);
    this.#report({ kind: 'ended', at, taskId, cause: 'failed-to-start', statusReason, containers });
  }

  #report(event: TaskEvent & { readonly at: EpochMilliseconds }): void {
    const { jobs, journal } = this.#options;
    journal.transact((transaction) => jobs.report(transaction, event));
  }

  /** Without an engine no task was ever started, and there is a stream all the same. */
  async #release(holder: TaskHolder, kind: EngineKind | undefined, taskId: TaskId): Promise<void> {
    const { logs, engines } = this.#options;
    await logs.finish(holder, taskId);
    if (kind !== undefined) await engines.release(kind, taskId);
    this.#unanswered.delete(taskId);
    failpoint('report.released');
  }
}

/** ECS refuses the task whole: its words are the job's `statusReason`. */
class UnusableRole extends Error {
  override readonly name = 'UnusableRole';
}

/** A node beside the main one has no place to go back to: its job runs. Its start is asked for again when the engine can. */
function mayWaitAgain({ job, index }: TaskHolder): boolean {
  return job.kind !== 'multiNode' || index === job.mainNode;
}

/** One that is lost names the instance that it was placed on: to its engine all of a fleet are its own machine. */
function taskEventOf(event: EngineEvent, held: HeldTask | undefined): TaskEvent & { readonly at: EpochMilliseconds } {
  const { taskId, at } = event;
  if (event.kind === 'given-back') return { kind: 'start-refused', at, taskId };
  const { notes } = event;
  if (event.kind === 'running') {
    const { address, images } = event;
    const known = { ...(address === undefined ? {} : { address }), ...(images ? { images } : {}) };
    return { kind: 'started', at, taskId, ...known, notes };
  }
  const { cause, containers } = event;
  const statusReason = cause === 'lost' && held ? lostReason(held.placement.instance) : event.statusReason;
  return { kind: 'ended', at, taskId, cause, statusReason, containers, notes };
}

/** Whose task it is: kept by its engine, and told to the other nodes of a gang. */
function partOf({ job, index }: TaskHolder, { id, attempt, placement }: HeldTask) {
  const own = { jobId: job.jobId, ...(index === undefined ? {} : { index }), attempt, placement };
  if (job.kind === 'array') return { id, origin: own, arraySize: job.children.size };
  if (job.kind !== 'multiNode' || !('gang' in job.state)) return { id, origin: own };
  const { mainNode, size, state } = job;
  invariant(index !== undefined, `${id} is no node`);
  const { taskId, address } = taskOfMainNode(job);
  const gang = { gang: taskId, size, index };
  const main = { index: mainNode, ...(address === undefined ? {} : { address }) };
  return { id, gang, main, origin: index === mainNode ? { ...own, gang: state.gang } : own };
}

/** What decides what a task may be given. */
function accessOf(
  { jobRole }: NodeSpecification,
  { job }: TaskHolder,
  { placement }: HeldTask,
  environment: ComputeEnvironmentRecord | undefined,
): Omit<VariablesRequest, 'container' | 'own' | 'job'> {
  const instanceRole = environment?.computeResources?.instanceRole;
  return {
    scope: job.scope,
    taskId: placement.taskId,
    launchType: launchTypeOf(environment),
    ...(jobRole === undefined ? {} : { jobRole }),
    ...(instanceRole === undefined ? {} : { instanceRole }),
  };
}

/** On Fargate it is the job's `statusReason` too: retry rules that look for it there are in use. */
function failedStatusOf({ specification }: SpecifiedJob, reason: string): string | undefined {
  return specification.platformCapabilities?.includes('FARGATE') ? reason : undefined;
}
