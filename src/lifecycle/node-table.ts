import type { EpochMilliseconds, TaskId } from '../core/ids.ts';
import type { NodeState, Placement, Stop } from '../core/job.ts';
import { recordAttempt, succeeded } from './attempt.ts';
import type { Effect } from './effect.ts';
import type { StopEvent, TaskEvent } from './leaf-event.ts';
import { startedPlacement } from './started-placement.ts';
import { endReasons } from './status-reasons.ts';
import { type Cell, transitionOf } from './table.ts';
import { stopOf, stopTask } from './task-effects.ts';

/** What can happen to a node of a multi-node job. */
export type NodeEvent = { readonly at: EpochMilliseconds } & (
  | TaskEvent
  /** Its turn in attempt number `attempt` of the job. */
  | { readonly kind: 'placed'; readonly placement: Placement; readonly attempt: number }
  /** TerminateJob of this node alone. */
  | Extract<StopEvent, { readonly kind: 'terminate-requested' }>
  /** The job ends, or is to be stopped. */
  | { readonly kind: 'job-ends' }
);

export interface NodeOutcome {
  readonly state: NodeState;
  /** What the owner, not the engine, is to know is read from the states. */
  readonly effects: readonly Extract<Effect, { readonly kind: 'start-task' | 'stop-task' | 'release-task' }>[];
}

type NodeIn<Status extends NodeState['status']> = Extract<NodeState, { readonly status: Status }>;
type PlacedNode = NodeIn<'STARTING'> | NodeIn<'RUNNING'>;
type EndedNode = NodeIn<'SUCCEEDED' | 'FAILED'>;
type NodeEventOf<Kind extends NodeEvent['kind']> = Extract<NodeEvent, { readonly kind: Kind }>;

/** `NONE`: it has never been started, and does not exist for the API. */
type NodePhase = 'NONE' | 'STARTING' | 'RUNNING' | 'ENDED';
interface NodeByPhase {
  readonly NONE: undefined;
  readonly STARTING: NodeIn<'STARTING'>;
  readonly RUNNING: NodeIn<'RUNNING'>;
  readonly ENDED: EndedNode;
}

type NodeTransition<Phase extends NodePhase, Kind extends NodeEvent['kind']> = (
  node: NodeByPhase[Phase],
  event: NodeEventOf<Kind>,
  jobStop: Stop | undefined,
) => NodeOutcome;

type NodeTable = {
  readonly [Phase in NodePhase]: { readonly [Kind in NodeEvent['kind']]: Cell<NodeTransition<Phase, Kind>> };
};

const neverStarted = { impossible: 'no task was ever placed' };
const startedOnce = { impossible: 'a node is placed once in an attempt of its job' };
const earlierTask = { ignored: 'reported of an earlier task' };
const repeatedReport = { ignored: 'reports repeat until the task is released' };
const notThere = { ignored: 'it does not exist yet, and will not be started' };
const tooLate = { ignored: 'the node has ended' };

/** The life of a node. The timeout is the job's; a node that ends has ended, and only its main node moves the job. */
export const nodeTable: NodeTable = {
  NONE: {
    placed: createNode,
    'start-refused': neverStarted,
    started: neverStarted,
    ended: neverStarted,
    'terminate-requested': notThere,
    'job-ends': notThere,
  },
  STARTING: {
    placed: startedOnce,
    'start-refused': refuseNode,
    started: startNode,
    ended: endNode,
    'terminate-requested': terminateNode,
    'job-ends': stopNode,
  },
  RUNNING: {
    placed: startedOnce,
    'start-refused': earlierTask,
    started: repeatedReport,
    ended: endNode,
    'terminate-requested': terminateNode,
    'job-ends': stopNode,
  },
  ENDED: {
    placed: placeAgain,
    'start-refused': earlierTask,
    started: repeatedReport,
    ended: releaseAgain,
    'terminate-requested': tooLate,
    'job-ends': tooLate,
  },
};

/** Applies an event by `nodeTable`. `jobStop`: the stop of the whole job, whose reason its nodes end with. */
export function advanceNode(
  node: NodeState | undefined,
  event: NodeEvent,
  subject: string,
  jobStop: Stop | undefined,
): NodeOutcome | undefined {
  type AnyTransition = (node: NodeState | undefined, event: NodeEvent, jobStop: Stop | undefined) => NodeOutcome;
  const phase = phaseOf(node);
  const transition = transitionOf(
    nodeTable[phase][event.kind] as Cell<AnyTransition>,
    event.kind,
    `${subject} in ${phase}`,
  );
  return transition ? transition(node, event, jobStop) : node && { state: node, effects: [] };
}

/** Whether the node holds a task. */
export function isPlacedNode(node: NodeState | undefined): node is PlacedNode {
  return node?.status === 'STARTING' || node?.status === 'RUNNING';
}

function phaseOf(node: NodeState | undefined): NodePhase {
  if (!node) return 'NONE';
  return node.status === 'STARTING' || node.status === 'RUNNING' ? node.status : 'ENDED';
}

/** It comes to be, STARTING. */
function createNode(_none: undefined, event: NodeEventOf<'placed'>): NodeOutcome {
  return starting({ createdAt: event.at, attempts: [] }, event);
}

/** The next attempt of the job runs it again, in the same row. */
function placeAgain({ createdAt, attempts }: EndedNode, event: NodeEventOf<'placed'>): NodeOutcome {
  return starting({ createdAt, attempts }, event);
}

function starting(
  kept: Pick<NodeState, 'createdAt' | 'attempts'>,
  { placement, attempt }: NodeEventOf<'placed'>,
): NodeOutcome {
  const state = { ...kept, status: 'STARTING', placement, jobAttempt: attempt } as const;
  return { state, effects: [{ kind: 'start-task', taskId: placement.taskId }] };
}

/** Nothing ran: it has ended, and no attempt is counted. */
function refuseNode(
  node: NodeIn<'STARTING'>,
  event: NodeEventOf<'start-refused'>,
  jobStop: Stop | undefined,
): NodeOutcome {
  if (!isOf(node, event.taskId)) return { state: node, effects: [] };
  const { placement: _given, ...rest } = node;
  const statusReason = (node.stop ?? jobStop)?.reason ?? endReasons['failed-to-start'];
  return {
    state: { ...rest, status: 'FAILED', statusReason, stoppedAt: event.at },
    effects: [{ kind: 'release-task', taskId: event.taskId }],
  };
}

function startNode(node: NodeIn<'STARTING'>, event: NodeEventOf<'started'>): NodeOutcome {
  if (!isOf(node, event.taskId)) return { state: node, effects: [] };
  const address = event.address === undefined ? {} : { address: event.address };
  const placement = { ...startedPlacement(node.placement, event), ...address };
  return { state: { ...node, status: 'RUNNING', placement, startedAt: event.at }, effects: [] };
}

/** SUCCEEDED by exit code 0, else FAILED; it keeps its own exit and times. A stop of it, or of the job, gives the reason. */
function endNode(node: PlacedNode, event: NodeEventOf<'ended'>, jobStop: Stop | undefined): NodeOutcome {
  const released = { kind: 'release-task', taskId: event.taskId } as const;
  if (!isOf(node, event.taskId)) return { state: node, effects: [released] };
  const stop = node.stop ?? jobStop;
  const attempt = recordAttempt(node, event, event.at, stop?.reason);
  const { startedAt, stoppedAt, statusReason } = attempt;
  const state: NodeState = {
    createdAt: node.createdAt,
    jobAttempt: node.jobAttempt,
    attempts: [...node.attempts, attempt],
    ...(node.stop && { stop: node.stop }),
    status: succeeded(node, event) && !stop ? 'SUCCEEDED' : 'FAILED',
    ...(startedAt === undefined ? {} : { startedAt }),
    stoppedAt,
    statusReason,
  };
  return { state, effects: [released] };
}

function terminateNode(node: PlacedNode, event: NodeEventOf<'terminate-requested'>): NodeOutcome {
  if (node.stop) return { state: node, effects: [] };
  return { state: { ...node, stop: stopOf(event) }, effects: [stopTask(node.placement)] };
}

/** May be repeated, by a restart. */
function stopNode(node: PlacedNode): NodeOutcome {
  return { state: node, effects: [stopTask(node.placement)] };
}

function releaseAgain(node: EndedNode, event: NodeEventOf<'ended'>): NodeOutcome {
  return { state: node, effects: [{ kind: 'release-task', taskId: event.taskId }] };
}

function isOf(node: PlacedNode, taskId: TaskId): boolean {
  return node.placement.taskId === taskId;
}
