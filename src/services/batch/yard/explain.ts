import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import {
  childId,
  type Dependency,
  isTerminal,
  type JobReference,
  type NodeState,
  nodeId,
  type StoredStatus,
} from '../../../core/job.ts';
import type { JobState } from '../../../core/job-record.ts';
import {
  type ArrayEntry,
  type GangEntry,
  type HeldTask,
  heldTask,
  type Jobs,
  type TaskHolder,
} from '../../../jobs/index.ts';
import { multiNodePhase } from '../../../lifecycle/index.ts';
import { describeChange, describeReason, type WaitingReason } from '../../../scheduler/index.ts';
import { limitNote } from '../resources/time-limits.ts';
import type { BlockedQueues } from './blocked-queues.ts';
import { blockedReason, hasWordsOfAws } from './blocked-reason.ts';
import type { Explanation } from './contract.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';

/** What explanations are read from. */
export interface ExplanationSources {
  readonly jobs: Jobs;
  readonly queues: QueueModel;
  readonly engines: TaskEngines;
  readonly blocked: BlockedQueues;
  /** The scheduling time of which they are. */
  readonly at: EpochMilliseconds;
}

/** Whoever is asked about: a job, a child or a node of one. */
interface Asked extends TaskHolder {
  readonly id: JobId;
  /** As submitted, if the asker knows it. */
  readonly dependsOn: readonly Dependency[] | undefined;
  /** By which the scheduler knows it while it waits. */
  readonly element: JobId;
  readonly state: JobState | NodeState;
}

/** Says why a job, a child or a node is where it is: computed when read, from the scheduler's own model. */
export function explain(
  reference: JobReference,
  dependsOn: readonly Dependency[] | undefined,
  sources: ExplanationSources,
): Explanation | undefined {
  const { queues, at } = sources;
  const asked = askedOf(reference, dependsOn, sources.jobs);
  if (!asked) return undefined;
  const { id, element, state } = asked;
  // What waits of an array stands in the queue; the array itself is never RUNNABLE.
  const isWaiting = asked.index === undefined || state.status === 'RUNNABLE';
  const waiting = isWaiting ? queues.explain(element, at) : undefined;
  const ours = waiting && describeReason(waiting);
  const told = waiting && toldWords(asked, waiting, sources);
  const change = waiting && describeChange(waiting);
  const remedy = isWaiting ? queues.remedy(element, at) : undefined;
  return {
    jobId: id,
    status: state.status,
    text: textOf(asked, told ?? ours, sources),
    ...(waiting ? { waiting } : {}),
    ...(remedy === undefined ? {} : { remedy }),
    ...(change === undefined ? {} : { change }),
    notes: [
      ...(ours !== undefined && told !== undefined && !told.includes(ours) ? [ours] : []),
      ...(isWaiting ? queues.limitNotes(element) : []),
      ...blockedNotes(asked, sources.blocked),
      ...invalidNotes(asked, queues),
      ...limitNotes(asked, sources.blocked),
    ],
    engineNotes: taskNotes(asked, sources),
  };
}

function askedOf(
  { jobId, childIndex, nodeIndex }: JobReference,
  dependsOn: readonly Dependency[] | undefined,
  jobs: Jobs,
): Asked | undefined {
  const job = jobs.get(jobId);
  if (!job) return undefined;
  if (nodeIndex !== undefined) return job.kind === 'multiNode' ? askedOfNode(job, nodeIndex) : undefined;
  if (childIndex === undefined) return { job, id: jobId, dependsOn, element: jobId, state: job.state };
  const child = job.kind === 'array' ? jobs.child(job, childIndex) : undefined;
  if (!child) return undefined;
  const { element, leaf: state } = child;
  return { job, index: childIndex, id: childId(jobId, childIndex), dependsOn, element, state };
}

/** One that lives: what has become of the others the store knows. */
function askedOfNode(job: GangEntry, index: number): Asked | undefined {
  const { jobId } = job;
  const state = job.nodes.get(index);
  if (!state || isTerminal(state.status)) return undefined;
  return { job, index, id: nodeId(jobId, index), dependsOn: [], element: jobId, state };
}

function textOf(asked: Asked, waiting: string | undefined, sources: ExplanationSources): string {
  const { jobs } = sources;
  const { job, index, state } = asked;
  if (job.kind === 'array' && index === undefined) return arrayText(asked, job, waiting, jobs);
  if (waiting !== undefined) return waiting;
  if (job.kind === 'multiNode' && index === undefined && state.status === 'RUNNING') return gangText(job);
  switch (state.status) {
    case 'PENDING':
      return pendingText(asked, jobs);
    case 'STARTING':
      return startingText(asked, sources);
    case 'RUNNING':
      return state.stop ? `Stopping: ${state.stop.reason}` : 'Running';
    default:
      return ('statusReason' in state && state.statusReason) || '';
  }
}

function pendingText(asked: Asked, jobs: Jobs): string {
  const { job, state } = asked;
  const open = openOf(asked, jobs);
  const isStopped = state.stop ?? job.state.stop;
  if (open.length === 0 && job.kind === 'array' && job.isSequential)
    return 'Waiting for the child before it to succeed';
  const words = `Waiting for ${open.length} job(s) to succeed: ${open.slice(0, 3).join(', ')}`;
  return isStopped ? `${words}. Cancelled: it ends when the jobs it waits for have ended.` : words;
}

/** With what its engine still gets for it, as an image, which may take its time; or why that does nothing for it now. */
function startingText(asked: Asked, { engines, queues }: ExplanationSources): string {
  const task = taskOf(asked);
  if (!task) return 'Starting';
  const { taskId, computeEnvironmentArn } = task.placement;
  const kind = queues.engineOf(computeEnvironmentArn) ?? engines.holderOf(taskId);
  const problem = kind && engines.problem(kind);
  const words = engines.preparation(taskId) ?? (problem && `its engine cannot run jobs: ${problem}`);
  return words === undefined ? 'Starting' : `Starting: ${words}`;
}

/** Of a multi-node job as a whole that of its main node. */
function taskOf(asked: Asked): HeldTask | undefined {
  return heldTask(asked.job.kind === 'multiNode' ? { index: asked.job.mainNode, ...asked } : asked);
}

/** What of a job's dependencies has not ended, by id. */
function openOf({ job, index, dependsOn }: Asked, jobs: Jobs): readonly JobId[] {
  if (!dependsOn) return job.names.filter((id) => jobs.get(id));
  const open = dependsOn.flatMap((dependency) => {
    if (!('on' in dependency)) return [];
    const { on } = dependency;
    const other = jobs.get(on);
    const child = dependency.index ?? (dependency.type === 'N_TO_N' ? index : undefined);
    if (other?.kind !== 'array' || child === undefined) return other ? [on] : [];
    return jobs.child(other, child) ? [childId(on, child)] : [];
  });
  return [...new Set(open)];
}

/** How far an array has come, and why what waits of it does. */
function arrayText(asked: Asked, { children }: ArrayEntry, waiting: string | undefined, jobs: Jobs): string {
  const order: readonly StoredStatus[] = ['SUCCEEDED', 'FAILED', 'RUNNING', 'STARTING', 'RUNNABLE', 'PENDING'];
  const counts = order.map((status) => [children.countOf(status), status] as const).filter(([count]) => count > 0);
  const summary = `${counts.map(([count, status]) => `${count} ${status}`).join(', ')} of ${children.size} children`;
  const why = waiting ?? (children.countOf('PENDING') > 0 ? pendingText(asked, jobs) : undefined);
  return why === undefined ? summary : `${summary}. ${why}`;
}

/** How many nodes of a job run, and what those wait for that do not. */
function gangText({ nodes, size, state, mainNode }: GangEntry): string {
  const counted = (status: NodeState['status']) => [...nodes.values()].filter((node) => node.status === status).length;
  const running = `${counted('RUNNING')} of ${size} nodes run`;
  if (state.stop) return `Stopping: ${state.stop.reason} (${running})`;
  if (multiNodePhase(state) === 'ENDING')
    return `Its main node (${mainNode}) has ended, the others are being stopped: ${running}`;
  return `Running: ${running}`;
}

/** Since when the job stands blocked at the head of its queue. */
function blockedNotes({ job, element }: Asked, blocked: BlockedQueues): readonly string[] {
  const head = blocked.of(job.jobQueueArn);
  return head?.jobId === element
    ? [`blocked at the head of its queue since ${new Date(head.since).toISOString()}`]
    : [];
}

/** Why its queue is blocked, as the event of that said it, once there was one. */
function toldWords(
  { job, element }: Asked,
  waiting: WaitingReason,
  { blocked, queues }: ExplanationSources,
): string | undefined {
  const head = blocked.of(job.jobQueueArn);
  if (head?.toldAt === undefined || head.jobId !== element) return undefined;
  if (waiting.kind === 'waiting-for-head' || waiting.kind !== head.reason.kind) return undefined;
  return hasWordsOfAws(waiting.kind) ? blockedReason(waiting, queues.instanceTypeOf(job.jobQueueArn)) : undefined;
}

/** What the queue does to the job if it stays at its head, and when. */
function limitNotes({ job, element }: Asked, blocked: BlockedQueues): readonly string[] {
  if (blocked.of(job.jobQueueArn)?.jobId !== element) return [];
  const end = blocked.endOf(job.jobQueueArn);
  return end?.action ? [limitNote(end.action, end.left)] : [];
}

/** Why environments that the job may wait for are INVALID: AWS's text of a blocked queue does not say. */
function invalidNotes({ job, state }: Asked, queues: QueueModel): readonly string[] {
  if (state.status !== 'RUNNABLE') return [];
  return (queues.queue(job.jobQueueArn)?.computeEnvironmentOrder ?? []).flatMap(({ computeEnvironment }) => {
    const found = queues.environment(computeEnvironment);
    return found?.status === 'INVALID' ? [`compute environment ${found.name} is INVALID: ${found.statusReason}`] : [];
  });
}

/** What the engine said of this task; until it has, what it said of itself. */
function taskNotes(asked: Asked, { queues, engines }: ExplanationSources): readonly string[] {
  if (asked.job.kind === 'array' && asked.index === undefined) return [];
  const task = taskOf(asked);
  if (!task) return [];
  if (task.placement.notes) return task.placement.notes;
  const kind = queues.engineOf(task.placement.computeEnvironmentArn);
  const isolation = kind && engines.description(kind)?.isolation;
  return isolation ? [`engine ${kind}: ${isolation}`] : [];
}
