import type { EpochMilliseconds, TaskId } from '../core/ids.ts';
import type { AttemptRecord, Ending, GangPlacement, MultiNodeState, Stop, TerminalStatus } from '../core/job.ts';
import type { Effect } from './effect.ts';
import type { StopEvent } from './leaf-event.ts';
import type { LeafTerms } from './outcome.ts';
import { decideRetry } from './retry.ts';
import { statusReasons } from './status-reasons.ts';
import { type Cell, transitionOf } from './table.ts';
import { stopOf } from './task-effects.ts';

/** What can happen to a multi-node job: to itself, and to its main node. Other nodes move it only by being the last. */
export type MultiNodeEvent = { readonly at: EpochMilliseconds } & (
  | StopEvent
  | { readonly kind: 'dependencies-met' }
  | { readonly kind: 'dependency-failed' }
  /** The scheduler chose an instance for every node. */
  | { readonly kind: 'placed'; readonly gang: GangPlacement }
  | { readonly kind: 'main-refused' }
  | { readonly kind: 'main-started'; readonly taskId: TaskId }
  | {
      readonly kind: 'main-ended';
      readonly attempt: AttemptRecord;
      readonly succeeded: boolean;
      /** Whether other nodes hold tasks yet. */
      readonly othersLive: boolean;
    }
  /** No node holds a task any more. */
  | { readonly kind: 'nodes-ended' }
  | { readonly kind: 'timed-out'; readonly taskId: TaskId }
  | { readonly kind: 'rejected'; readonly reason: string }
);

/** What must be done: the scheduler's part, the timer of the main node's attempt, and what becomes of the nodes. */
export type MultiNodeEffect =
  | Extract<Effect, { readonly kind: 'enqueue' | 'dequeue' | 'free-capacity' | 'finished' }>
  | { readonly kind: 'arm-timeout'; readonly taskId: TaskId; readonly deadline: EpochMilliseconds }
  | { readonly kind: 'disarm-timeout' }
  /** Every node but the main one starts, in slices. */
  | { readonly kind: 'start-nodes' }
  /** Every node that holds a task is stopped, in slices. */
  | { readonly kind: 'stop-nodes' };

export interface MultiNodeOutcome {
  readonly state: MultiNodeState;
  readonly effects: readonly MultiNodeEffect[];
}

export type MultiNodePhase = MultiNodeState['status'] | 'ENDING';
type StateIn<Status extends MultiNodeState['status']> = MultiNodeState & { readonly status: Status };
type InPhase<Phase extends MultiNodePhase> = Phase extends 'ENDING'
  ? StateIn<'RUNNING'> & { readonly ending: Ending }
  : Phase extends MultiNodeState['status']
    ? StateIn<Phase>
    : never;
type EventOf<Kind extends MultiNodeEvent['kind']> = Extract<MultiNodeEvent, { readonly kind: Kind }>;
type Transition<Phase extends MultiNodePhase, Kind extends MultiNodeEvent['kind']> = (
  job: InPhase<Phase>,
  event: EventOf<Kind>,
  terms: LeafTerms,
) => MultiNodeOutcome;
type MultiNodeTable = {
  readonly [Phase in MultiNodePhase]: { readonly [Kind in MultiNodeEvent['kind']]: Cell<Transition<Phase, Kind>> };
};

const notWaiting = { impossible: 'only a RUNNABLE job is placed' };
const noMain = { impossible: 'no main node was placed' };
const oneMain = { impossible: 'the main node tells of each attempt once' };
const dependenciesMet = { impossible: 'every dependency had succeeded' };
const alreadyMet = { ignored: 'repeated: the dependencies had succeeded' };
const notEnding = { ignored: 'the main node has not ended' };
const settled = { ignored: 'told before' };
const earlierTask = { ignored: 'of an earlier attempt' };
const tooLateToCancel = { ignored: 'CancelJob leaves a started job alone; TerminateJob ends it' };
const tooLate = { ignored: 'the job has ended' };
const alreadyTaken = { impossible: 'the definition is checked with the submission' };

const ended = {
  'dependencies-met': tooLate,
  'dependency-failed': tooLate,
  placed: notWaiting,
  'main-refused': oneMain,
  'main-started': oneMain,
  'main-ended': oneMain,
  'nodes-ended': settled,
  'timed-out': tooLate,
  'cancel-requested': tooLate,
  'terminate-requested': tooLate,
  rejected: tooLate,
};

/** The life of a multi-node job. ENDING is shown as RUNNING: its main node has ended, others have not (spec 01 §14). */
export const multiNodeTable: MultiNodeTable = {
  PENDING: {
    'dependencies-met': becomeReady,
    'dependency-failed': fallWithDependency,
    placed: notWaiting,
    'main-refused': noMain,
    'main-started': noMain,
    'main-ended': noMain,
    'nodes-ended': notEnding,
    'timed-out': earlierTask,
    'cancel-requested': stopPending,
    'terminate-requested': stopPending,
    rejected: reject,
  },
  RUNNABLE: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: placeGang,
    'main-refused': noMain,
    'main-started': noMain,
    'main-ended': noMain,
    'nodes-ended': notEnding,
    'timed-out': earlierTask,
    'cancel-requested': stopRunnable,
    'terminate-requested': stopRunnable,
    rejected: alreadyTaken,
  },
  STARTING: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'main-refused': undoPlacement,
    'main-started': startGang,
    'main-ended': endMain,
    'nodes-ended': notEnding,
    'timed-out': earlierTask,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': terminateGang,
    rejected: alreadyTaken,
  },
  RUNNING: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'main-refused': oneMain,
    'main-started': oneMain,
    'main-ended': endMain,
    'nodes-ended': notEnding,
    'timed-out': timeOut,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': terminateGang,
    rejected: alreadyTaken,
  },
  ENDING: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'main-refused': oneMain,
    'main-started': oneMain,
    'main-ended': oneMain,
    'nodes-ended': finishGang,
    'timed-out': settled,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': forbidRetry,
    rejected: alreadyTaken,
  },
  SUCCEEDED: ended,
  FAILED: ended,
};

/** Applies an event by `multiNodeTable`; the state comes back as it is when nothing changes. */
export function advanceMultiNode(job: MultiNodeState, event: MultiNodeEvent, terms: LeafTerms): MultiNodeOutcome {
  type AnyTransition = (job: MultiNodeState, event: MultiNodeEvent, terms: LeafTerms) => MultiNodeOutcome;
  const phase = multiNodePhase(job);
  const cell = multiNodeTable[phase][event.kind] as Cell<AnyTransition>;
  const transition = transitionOf(cell, event.kind, `job ${terms.jobId} in ${phase}`);
  return transition ? transition(job, event, terms) : unchanged(job);
}

export function multiNodePhase(job: MultiNodeState): MultiNodePhase {
  return job.status === 'RUNNING' && job.ending ? 'ENDING' : job.status;
}

function unchanged(state: MultiNodeState): MultiNodeOutcome {
  return { state, effects: [] };
}

function carriedOver({ attempts, statusReason, stop }: MultiNodeState) {
  return { attempts, ...(statusReason === undefined ? {} : { statusReason }), ...(stop && { stop }) };
}

function becomeRunnable(job: MultiNodeState, at: 'own-place' | 'head'): MultiNodeOutcome {
  return { state: { ...carriedOver(job), status: 'RUNNABLE' }, effects: [{ kind: 'enqueue', at }] };
}

function finish(job: MultiNodeState, status: TerminalStatus, at: EpochMilliseconds, reason: string): MultiNodeOutcome {
  const startedAt = job.attempts.at(-1)?.startedAt;
  const when = { ...(startedAt === undefined ? {} : { startedAt }), stoppedAt: at };
  const state = { ...carriedOver(job), status, statusReason: reason, ...when };
  return { state, effects: [{ kind: 'finished', status }] };
}

function becomeReady(job: StateIn<'PENDING'>, { at }: EventOf<'dependencies-met'>): MultiNodeOutcome {
  return job.stop ? finish(job, 'FAILED', at, job.stop.reason) : becomeRunnable(job, 'own-place');
}

function fallWithDependency(job: StateIn<'PENDING'>, { at }: EventOf<'dependency-failed'>): MultiNodeOutcome {
  return finish(job, 'FAILED', at, job.stop?.reason ?? statusReasons.dependencyFailed);
}

function reject(job: StateIn<'PENDING'>, { at, reason }: EventOf<'rejected'>): MultiNodeOutcome {
  return finish(job, 'FAILED', at, reason);
}

function stopPending(job: StateIn<'PENDING'>, event: EventOf<StopEvent['kind']>): MultiNodeOutcome {
  return job.stop ? unchanged(job) : { state: { ...job, stop: stopOf(event) }, effects: [] };
}

function stopRunnable(job: StateIn<'RUNNABLE'>, event: EventOf<StopEvent['kind']>): MultiNodeOutcome {
  const failed = finish({ ...job, stop: stopOf(event) }, 'FAILED', event.at, event.reason);
  return { state: failed.state, effects: [{ kind: 'dequeue' }, ...failed.effects] };
}

/** RUNNABLE → STARTING: an instance for each node; only the main node starts yet. */
function placeGang(job: StateIn<'RUNNABLE'>, { gang }: EventOf<'placed'>): MultiNodeOutcome {
  const { statusReason: _ofLastAttempt, ...rest } = carriedOver(job);
  return { state: { ...rest, status: 'STARTING', gang }, effects: [] };
}

/** STARTING → RUNNABLE: nothing ran; all its places are free again. */
function undoPlacement(job: StateIn<'STARTING'>, { at }: EventOf<'main-refused'>): MultiNodeOutcome {
  const next = job.stop ? finish(job, 'FAILED', at, job.stop.reason) : becomeRunnable(job, 'own-place');
  return { state: next.state, effects: [{ kind: 'free-capacity' }, ...next.effects] };
}

/** STARTING → RUNNING with the main node; the timeout counts from here, and the others start. */
function startGang(
  job: StateIn<'STARTING'>,
  { at, taskId }: EventOf<'main-started'>,
  { timeoutSeconds }: LeafTerms,
): MultiNodeOutcome {
  const running = { ...carriedOver(job), status: 'RUNNING', gang: job.gang, startedAt: at } as const;
  if (job.stop) return { state: running, effects: [] };
  if (timeoutSeconds === undefined) return { state: running, effects: [{ kind: 'start-nodes' }] };
  const deadline = at + timeoutSeconds * 1000;
  const armed = { kind: 'arm-timeout', taskId, deadline } as const;
  return { state: { ...running, deadline }, effects: [armed, { kind: 'start-nodes' }] };
}

/** The outcome of the attempt is the main node's; others that live yet are stopped first. */
function endMain(
  job: StateIn<'STARTING'> | StateIn<'RUNNING'>,
  event: EventOf<'main-ended'>,
  terms: LeafTerms,
): MultiNodeOutcome {
  const { attempt, at, othersLive } = event;
  const { statusReason } = attempt;
  const to = outcomeOf(job, event, terms);
  const next = { ...job, attempts: [...job.attempts, attempt], statusReason };
  const isArmed = job.status === 'RUNNING' && job.deadline !== undefined;
  const disarmed: readonly MultiNodeEffect[] = isArmed ? [{ kind: 'disarm-timeout' }] : [];
  if (next.status === 'RUNNING' && othersLive) {
    const { deadline: _disarmed, ...rest } = next;
    return { state: { ...rest, ending: { to, at } }, effects: [...disarmed, { kind: 'stop-nodes' }] };
  }
  const last = conclude(next, to, at);
  return { state: last.state, effects: [...disarmed, ...last.effects] };
}

function outcomeOf(job: MultiNodeState, event: EventOf<'main-ended'>, { retryStrategy }: LeafTerms): Ending['to'] {
  if (job.stop) return 'FAILED';
  if (event.succeeded) return 'SUCCEEDED';
  return decideRetry(retryStrategy, event.attempt, job.attempts.length + 1).retry ? 'RUNNABLE' : 'FAILED';
}

/** The last node has ended: a new gang for the next attempt, or the end. */
function finishGang(job: InPhase<'ENDING'>): MultiNodeOutcome {
  return conclude(job, job.ending.to, job.ending.at);
}

function conclude(job: MultiNodeState, to: Ending['to'], at: EpochMilliseconds): MultiNodeOutcome {
  const freed: MultiNodeEffect = { kind: 'free-capacity' };
  const isRetried = to === 'RUNNABLE' && !job.stop;
  const reason = to === 'RUNNABLE' ? (job.stop?.reason ?? '') : (job.statusReason ?? '');
  const next = isRetried ? becomeRunnable(job, 'head') : finish(job, to === 'RUNNABLE' ? 'FAILED' : to, at, reason);
  return { state: next.state, effects: [freed, ...next.effects] };
}

function timeOut(job: StateIn<'RUNNING'>, event: EventOf<'timed-out'>): MultiNodeOutcome {
  if (job.deadline === undefined) return unchanged(job);
  const { deadline: _struck, ...rest } = job;
  const stop: Stop = { kind: 'timeout', reason: statusReasons.timedOut, at: event.at };
  return { state: { ...rest, stop }, effects: [{ kind: 'stop-nodes' }] };
}

/** STARTING or RUNNING: nodes that hold tasks are stopped, those held back never start. The first request counts. */
function terminateGang(
  job: StateIn<'STARTING'> | StateIn<'RUNNING'>,
  event: EventOf<'terminate-requested'>,
): MultiNodeOutcome {
  if (job.stop) return unchanged(job);
  const stop = stopOf(event);
  const stopped: MultiNodeEffect = { kind: 'stop-nodes' };
  if (job.status === 'STARTING') return { state: { ...job, stop }, effects: [stopped] };
  const { deadline, ...rest } = job;
  const disarmed: readonly MultiNodeEffect[] = deadline === undefined ? [] : [{ kind: 'disarm-timeout' }];
  return { state: { ...rest, stop }, effects: [...disarmed, stopped] };
}

/** ENDING: its nodes are being stopped already; there is no next attempt. */
function forbidRetry(job: InPhase<'ENDING'>, event: EventOf<'terminate-requested'>): MultiNodeOutcome {
  return job.stop ? unchanged(job) : { state: { ...job, stop: stopOf(event) }, effects: [] };
}
