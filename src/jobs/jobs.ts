import type { Scope } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds, JobId, TaskId } from '../core/ids.ts';
import { childId, type JobReference, type Leaf, type Placement, parseJobId } from '../core/job.ts';
import { isPlacedNode, type StopEvent, type TaskEvent } from '../lifecycle/index.ts';
import type { Decision, HeldPlaceId } from '../scheduler/index.ts';
import { adoptTask, type LostTask } from './adoption.ts';
import { childLeaf } from './array-bits.ts';
import { advanceChild } from './array-child.ts';
import { pickChild, waitingChildren } from './array-queue.ts';
import { stopArray } from './array-stop.ts';
import { type ChildCounts, countsOf } from './child-counts.ts';
import { JobsContext } from './context.ts';
import { type CopiedJobs, type CopyLimits, copyJobs } from './copied-jobs.ts';
import { type ArrayEntry, type GangEntry, type JobEntry, seatOf } from './entry.ts';
import { advanceGang, advanceGangNode, enqueueGang, placeGang, timeOutGang } from './gang.ts';
import { freePlace } from './leaf-effects.ts';
import {
  type AbsentJob,
  absentJobs,
  countOpenPairs,
  type LoadedArray,
  type LoadedJob,
  loadArray,
  loadJob,
  tellOfEnded,
} from './loading.ts';
import type { EndedJob, JobsPorts, TaskHolder } from './ports.ts';
import { type Prospect, prospectOf } from './prospect.ts';
import type { StatusCounts } from './queue-counts.ts';
import { advanceSingle } from './single.ts';
import { type NewJob, submitJob } from './submission.ts';
import type { JobTransaction } from './transaction.ts';
import { work } from './working.ts';

/** Units of work in one turn of the event loop. */
export const unitsPerTurn = 500;

/** A place that the scheduler has decided on, found to be of use. */
export interface PlaceToFill extends TaskHolder {
  /** The child that was picked; of a multi-node job its main node. */
  readonly index?: number;
  /** From 1. */
  readonly attempt: number;
}

/**
 * All jobs that have not ended, and what moves them: the lives of `src/lifecycle`, the scheduler, dependencies, counters.
 * Pure: what it needs of the world it has from its ports, so that the server, the simulator and the tests drive the same
 * object. All that is done in a transaction is taken back if that throws.
 */
export class Jobs {
  readonly #context: JobsContext;

  constructor(ports: JobsPorts) {
    this.#context = new JobsContext(ports);
  }

  get size(): number {
    return this.#context.registry.size;
  }

  /** A job, by its own id, that has not ended. */
  get(jobId: JobId): JobEntry | undefined {
    return this.#context.registry.get(jobId);
  }

  all(): IterableIterator<JobEntry> {
    return this.#context.registry.all();
  }

  byTask(taskId: TaskId): TaskHolder | undefined {
    return this.#context.registry.byTask(taskId);
  }

  /** Every task that is held, by its id. */
  tasks(): ReadonlyMap<TaskId, TaskHolder> {
    return this.#context.registry.tasks();
  }

  countInQueue(jobQueueArn: string): number {
    return this.#context.registry.countInQueue(jobQueueArn);
  }

  /** How many jobs of a queue have not ended, by status. */
  statusCounts(jobQueueArn: string): StatusCounts {
    return this.#context.counts.of(jobQueueArn);
  }

  countWaiting(scope: Scope): number {
    return this.#context.registry.countWaiting(scope);
  }

  /** How many children an array has that has not durably ended; undefined for any other job. */
  sizeOf(jobId: JobId): number | undefined {
    return this.#array(jobId)?.children.size;
  }

  /** What the children of an array are that has not durably ended. */
  childCounts(jobId: JobId): ChildCounts | undefined {
    const array = this.#array(jobId);
    return array && { counts: countsOf(array.children), changedAt: array.changedAt };
  }

  /** A child that has not ended, and the id by which the scheduler knows it while it waits. */
  child(array: ArrayEntry, index: number): { readonly leaf: Leaf; readonly element: JobId } | undefined {
    const leaf = index < array.children.size ? childLeaf(array, index) : undefined;
    const isOwn = array.live.get(index)?.order !== undefined;
    return leaf && { leaf, element: isOwn ? childId(array.jobId, index) : array.jobId };
  }

  /** Whether a job that has not ended names this one in its dependencies: it must not be forgotten. */
  isNamed(jobId: JobId): boolean {
    return this.#context.graph.isNamed(jobId);
  }

  /** What its dependencies would make of a job that came now. */
  prospectOf(job: NewJob): Prospect {
    return prospectOf(this.#context, job);
  }

  /** Whether memory can say what has become of a job: it holds it, or its end is not yet durable. */
  knows(jobId: JobId): boolean {
    const { registry } = this.#context;
    return registry.get(jobId) !== undefined || registry.leaving(jobId) !== undefined;
  }

  /** Takes a job in. Throws `InvariantViolation` if it depends on one that neither memory nor `job.ended` knows. */
  submit(transaction: JobTransaction, job: NewJob): JobEntry {
    return submitJob(this.#context, transaction, job);
  }

  /** Call in the turn of the plan: until it is placed, what a decision took no longer waits in the scheduler. */
  decided(decisions: readonly Decision[]): void {
    for (const { jobId } of decisions) {
      const entry = this.get(jobId);
      if (entry) entry.decided += 1;
      else this.#decideChild(jobId);
    }
  }

  /**
   * Fills a place that the scheduler has decided on with what is still RUNNABLE, or frees it. `where` makes the placement:
   * a task id, a log stream; undefined if nothing can run there any more. Answers who got it.
   */
  place(
    transaction: JobTransaction,
    decision: Decision,
    where: (place: PlaceToFill) => Placement | undefined,
  ): PlaceToFill | undefined {
    const place = this.#takeDecision(transaction, decision.jobId);
    // What waits of a stopped array is about to end: the decision is of before.
    const isStopped = place?.job.kind === 'array' && place.job.state.stop !== undefined;
    const placement = place && !isStopped ? where(place) : undefined;
    if (!place || !placement) {
      freePlace(this.#context, transaction, decision.jobId, placeOf(decision));
      if (place && !isStopped) this.#waitAgain(transaction, place);
      return undefined;
    }
    this.#fill(transaction, place, placement, decision);
    return place;
  }

  /**
   * Gives a waiting job, child or node a task that its engine has on record and memory knows nothing of: the commit of its
   * placement was lost. Answers whether it took it: not one that another attempt has, or has had. Of a multi-node job the
   * main node's task is to come before the others'.
   */
  adopt(transaction: JobTransaction, task: LostTask): boolean {
    return adoptTask(this.#context, transaction, task);
  }

  /** What an engine reports of a task; of one that nobody holds, nothing. */
  report(transaction: JobTransaction, event: TaskEvent & { readonly at: EpochMilliseconds }): void {
    const holder = this.byTask(event.taskId);
    if (!holder) return;
    const { job, index = 0 } = holder;
    if (job.kind === 'single') advanceSingle(this.#context, transaction, job, event);
    else if (job.kind === 'array') advanceChild(this.#context, transaction, job, index, event);
    else advanceGangNode(this.#context, transaction, job, index, event);
  }

  /** The timer of a task has struck. */
  timedOut(transaction: JobTransaction, taskId: TaskId): void {
    const holder = this.byTask(taskId);
    if (!holder) return;
    const { job, index = 0 } = holder;
    const event = { kind: 'timed-out', at: this.#context.now(), taskId } as const;
    if (job.kind === 'single') advanceSingle(this.#context, transaction, job, event);
    else if (job.kind === 'array') advanceChild(this.#context, transaction, job, index, event);
    else timeOutGang(this.#context, transaction, job, taskId);
  }

  /** Whom a decision on a waiting element would take: the job itself, or a child. Undefined if nothing of it waits. */
  nextOf(element: JobId): JobReference | undefined {
    const reference = parseJobId(element);
    const job = this.get(element);
    if (job?.kind !== 'array') return reference;
    const childIndex = pickChild(job);
    return childIndex === undefined ? undefined : { ...reference, childIndex };
  }

  /** The first `limit` of what a waiting element stands for, in the order that decisions take them: itself, or children. */
  waitingIn(element: JobId, limit: number): readonly JobId[] {
    const job = this.get(element);
    if (job?.kind !== 'array') return limit > 0 ? [element] : [];
    return [...waitingChildren(job).take(limit)].map((index) => childId(element, index));
  }

  /** CancelJob or TerminateJob of a job, a child or a node; of one that is unknown or has ended, nothing. */
  stop(transaction: JobTransaction, { jobId, childIndex, nodeIndex }: JobReference, request: StopEvent): void {
    const job = this.get(jobId);
    if (!job) return;
    const event = { ...request, at: this.#context.now() };
    if (childIndex !== undefined) {
      const isThere = job.kind === 'array' && childIndex < job.children.size;
      if (isThere) advanceChild(this.#context, transaction, job, childIndex, event);
    } else if (nodeIndex !== undefined && job.kind === 'multiNode') this.#stopNode(transaction, job, nodeIndex, event);
    else if (job.kind === 'single') advanceSingle(this.#context, transaction, job, event);
    else if (job.kind === 'array') stopArray(this.#context, transaction, job, event);
    else advanceGang(this.#context, transaction, job, event);
  }

  /** What the nodes of a gang run has been looked up: those that are to start do. */
  startNodes(jobId: JobId): void {
    if (this.get(jobId)?.kind === 'multiNode') this.#context.work.push({ kind: 'nodes', job: jobId, next: 0 });
  }

  /** Works on what is still to be done, one turn's worth. Answers whether there is more. */
  step(units = unitsPerTurn): boolean {
    const context = this.#context;
    if (context.work.isEmpty) return false;
    context.ports.journal.transact((transaction) =>
      context.workIn(transaction, () => work(context, transaction, units)),
    );
    return !context.work.isEmpty;
  }

  get hasWork(): boolean {
    return !this.#context.work.isEmpty;
  }

  /** Some jobs and all that wait for them, for others to load; undefined where that is more than the limits let. Changes nothing. */
  copy(ids: Iterable<JobId>, limits: CopyLimits): CopiedJobs | undefined {
    return copyJobs(this.#context, ids, limits);
  }

  /** Forgets everything, and starts to load. `lastNumber`, `orders`: as far as they have been given. */
  reset(lastNumber: number, orders: { readonly lowest: number; readonly highest: number }): void {
    this.#context.clear();
    Object.assign(this.#context.counters, {
      number: lastNumber,
      lowestOrder: orders.lowest,
      highestOrder: orders.highest,
    });
  }

  load(job: LoadedJob): void {
    loadJob(this.#context, job);
  }

  /** Is to be gone through to its end: the array is taken in then. Yields what each piece is charged of a turn's units. */
  loadArray(array: LoadedArray): Generator<number> {
    return loadArray(this.#context, array);
  }

  /** After the last job, before anything else: yields where the event loop may have its turn. */
  loaded(): Generator<void> {
    return countOpenPairs(this.#context);
  }

  /**
   * Jobs that others wait for and that have ended before the load: for the store, and then `tellOfEnded`. In slices, some of
   * them empty, between which the event loop may have its turn.
   */
  absent(): Generator<readonly AbsentJob[]> {
    return absentJobs(this.#context, unitsPerTurn);
  }

  /** What the store says of an absent job; undefined if it does not know it. Answers of how many of its children others are told. */
  tellOfEnded(transaction: JobTransaction, jobId: JobId, ended: EndedJob | undefined): number {
    return tellOfEnded(this.#context, transaction, jobId, ended);
  }

  /** Takes up what was under way when memory was lost: once, after the load. */
  recheck(): void {
    const context = this.#context;
    const unsettled = context.loadedUnsettled;
    context.loadedUnsettled = [];
    if (unsettled.length > 0) context.work.push({ kind: 'recheck', jobs: this.#those(unsettled) });
  }

  /** Those of the jobs that are still there when their turn comes. */
  *#those(jobIds: readonly JobId[]): Generator<JobEntry, undefined> {
    for (const jobId of jobIds) {
      const entry = this.get(jobId);
      if (entry) yield entry;
    }
  }

  #stopNode(
    transaction: JobTransaction,
    job: GangEntry,
    index: number,
    event: StopEvent & { readonly at: EpochMilliseconds },
  ): void {
    // A main node that is to end takes its job along; CancelJob leaves what has started alone.
    if (index === job.mainNode && isPlacedNode(job.nodes.get(index)))
      advanceGang(this.#context, transaction, job, event);
    else if (event.kind === 'terminate-requested') advanceGangNode(this.#context, transaction, job, index, event);
  }

  #decideChild(jobId: JobId): void {
    const { jobId: parent, childIndex } = parseJobId(jobId);
    const array = this.get(parent);
    if (array?.kind === 'array' && childIndex !== undefined) array.decidedChildren.add(childIndex);
  }

  #takeDecision(transaction: JobTransaction, jobId: JobId): PlaceToFill | undefined {
    const job = this.get(jobId);
    if (!job) return this.#takeChildDecision(transaction, jobId);
    this.#context.touch(transaction, job);
    job.decided -= 1;
    if (job.kind === 'array') {
      const index = pickChild(job);
      return index === undefined ? undefined : { job, index, attempt: attemptsOf(job, index) + 1 };
    }
    if (job.state.status !== 'RUNNABLE') return undefined;
    const attempt = job.state.attempts.length + 1;
    return job.kind === 'single' ? { job, attempt } : { job, index: job.mainNode, attempt };
  }

  #takeChildDecision(transaction: JobTransaction, jobId: JobId): PlaceToFill | undefined {
    const { jobId: parent, childIndex: index } = parseJobId(jobId);
    const job = this.get(parent);
    if (job?.kind !== 'array' || index === undefined || !job.decidedChildren.has(index)) return undefined;
    // Of a stopped array it has left the scheduler for good, though its turn to end has yet to come.
    if (!job.state.stop) {
      job.decidedChildren.delete(index);
      transaction.onRollback(() => job.decidedChildren.add(index));
    }
    const isWaiting = childLeaf(job, index)?.status === 'RUNNABLE';
    return isWaiting ? { job, index, attempt: attemptsOf(job, index) + 1 } : undefined;
  }

  #fill(transaction: JobTransaction, { job, index = 0 }: PlaceToFill, placement: Placement, decision: Decision): void {
    const isThere =
      placement.computeEnvironmentArn === decision.computeEnvironmentArn &&
      placement.pool === decision.pool &&
      placement.instance === instanceOf(decision, index);
    invariant(isThere, `job ${job.jobId} is placed elsewhere than was decided`);
    const event = { kind: 'placed', at: placement.placedAt, placement } as const;
    if (job.kind === 'single') advanceSingle(this.#context, transaction, job, event);
    else if (job.kind === 'array') advanceChild(this.#context, transaction, job, index, event);
    else {
      invariant(decision.kind === 'place-gang', `the nodes of job ${job.jobId} are placed one by one`);
      const { computeEnvironmentArn, pool, instances } = decision;
      const nodes = instances.map((instance) => ({ instance }));
      invariant(nodes.length === job.size, `not every node of job ${job.jobId} has a place`);
      const gang = { computeEnvironmentArn, pool, placedAt: placement.placedAt, nodes };
      placeGang(this.#context, transaction, job, placement, gang);
    }
  }

  #array(jobId: JobId): ArrayEntry | undefined {
    const { registry } = this.#context;
    const entry = registry.get(jobId) ?? registry.leaving(jobId)?.entry;
    return entry?.kind === 'array' ? entry : undefined;
  }

  /** Its place is no longer there: it waits where it stood. */
  #waitAgain(transaction: JobTransaction, { job, index }: PlaceToFill): void {
    if (job.kind === 'multiNode') {
      enqueueGang(this.#context, transaction, job);
      return;
    }
    const order = job.kind === 'array' && index !== undefined ? job.live.get(index)?.order : undefined;
    const isOwn = job.kind === 'array' && index !== undefined && order !== undefined;
    const jobId = isOwn ? childId(job.jobId, index) : job.jobId;
    const count = job.kind === 'array' && !isOwn ? { count: 1 } : {};
    const queued = { kind: 'job-queued', jobId, sequence: order ?? job.order, ...seatOf(job), ...count } as const;
    this.#context.tellScheduler(transaction, queued);
  }
}

function attemptsOf(job: Extract<JobEntry, { kind: 'array' }>, index: number): number {
  return childLeaf(job, index)?.attempts.length ?? 0;
}

/** What a decision holds in the scheduler until it is freed. */
function placeOf(decision: Decision): HeldPlaceId {
  const { computeEnvironmentArn, pool } = decision;
  return { computeEnvironmentArn, pool, instance: decision.kind === 'place' ? decision.instance : undefined };
}

/** Where a task of a decision runs; of a multi-node job the node's of that index. */
export function instanceOf(decision: Decision, index = 0): string | undefined {
  return decision.kind === 'place' ? decision.instance : decision.instances[index];
}
