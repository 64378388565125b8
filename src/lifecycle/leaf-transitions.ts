import { invariant } from '../core/errors.ts';
import type { Leaf, Stop } from '../core/job.ts';
import { recordAttempt, succeeded } from './attempt.ts';
import type { Effect } from './effect.ts';
import type { LeafEventOf } from './leaf-event.ts';
import {
  becomeRunnable,
  carriedOver,
  finish,
  isCurrentTask,
  type LeafIn,
  type LeafTerms,
  type Outcome,
  type PlacedLeaf,
  unchanged,
} from './outcome.ts';
import { decideRetry } from './retry.ts';
import { startedPlacement } from './started-placement.ts';
import { statusReasons } from './status-reasons.ts';
import { disarm, stopOf, stopTask } from './task-effects.ts';

type StopEvent = LeafEventOf<'cancel-requested'> | LeafEventOf<'terminate-requested'>;

/** PENDING → RUNNABLE, or → FAILED if it, or its array, is to be stopped. */
export function becomeReady(
  leaf: LeafIn<'PENDING'>,
  { at }: LeafEventOf<'dependencies-met'>,
  terms: LeafTerms,
): Outcome {
  const stop = leaf.stop ?? terms.ownerStop;
  return stop ? finish(leaf, 'FAILED', at, stop.reason) : becomeRunnable(leaf, 'own-place');
}

/** PENDING → FAILED, with the stop's reason if it, or its array, is to be stopped. */
export function fallWithDependency(
  leaf: LeafIn<'PENDING'>,
  { at }: LeafEventOf<'dependency-failed'>,
  terms: LeafTerms,
): Outcome {
  const stop = leaf.stop ?? terms.ownerStop;
  return finish(leaf, 'FAILED', at, stop?.reason ?? statusReasons.dependencyFailed);
}

/** RUNNABLE → STARTING. */
export function place(leaf: LeafIn<'RUNNABLE'>, { placement }: LeafEventOf<'placed'>, terms: LeafTerms): Outcome {
  const { jobId, retryStrategy } = terms;
  invariant(leaf.attempts.length < retryStrategy.attempts, `job ${jobId} has no attempt left to place`);
  const isFresh = leaf.attempts.every((attempt) => attempt.taskId !== placement.taskId);
  invariant(isFresh, `task ${placement.taskId} of job ${jobId} has run before`);
  const { statusReason: _ofLastAttempt, ...rest } = carriedOver(leaf);
  return {
    state: { ...rest, status: 'STARTING', placement },
    effects: [{ kind: 'start-task', taskId: placement.taskId }],
  };
}

/** STARTING → RUNNABLE at its own place: nothing ran, so no attempt is used up; → FAILED if it was to be stopped. */
export function undoPlacement(
  leaf: LeafIn<'STARTING'>,
  { at, taskId }: LeafEventOf<'start-refused'>,
  terms: LeafTerms,
): Outcome {
  if (!isCurrentTask(leaf, taskId)) return unchanged(leaf);
  const freed: readonly Effect[] = [{ kind: 'free-capacity' }, { kind: 'release-task', taskId }];
  const stop = leaf.stop ?? terms.ownerStop;
  const next = stop ? finish(leaf, 'FAILED', at, stop.reason) : becomeRunnable(leaf, 'own-place');
  return { state: next.state, effects: [...freed, ...next.effects] };
}

/** RUNNING: only an earlier task can have been refused. */
export function ignoreEarlierRefusal(leaf: LeafIn<'RUNNING'>, event: LeafEventOf<'start-refused'>): Outcome {
  invariant(!isCurrentTask(leaf, event.taskId), `task ${event.taskId} runs, though its start was refused`);
  return unchanged(leaf);
}

/** STARTING → RUNNING; the timeout counts from here, by the engine's own time. */
export function start(leaf: LeafIn<'STARTING'>, event: LeafEventOf<'started'>, terms: LeafTerms): Outcome {
  if (!isCurrentTask(leaf, event.taskId)) return unchanged(leaf);
  const placement = startedPlacement(leaf.placement, event);
  const running = { ...carriedOver(leaf), status: 'RUNNING', placement, startedAt: event.at } as const;
  const isToStop = leaf.stop || terms.ownerStop?.kind === 'terminate';
  if (terms.timeoutSeconds === undefined || isToStop) return { state: running, effects: [] };
  const deadline = event.at + terms.timeoutSeconds * 1000;
  return {
    state: { ...running, deadline },
    effects: [{ kind: 'arm-timeout', taskId: event.taskId, deadline }],
  };
}

/** STARTING or RUNNING → SUCCEEDED, RUNNABLE at the head (another attempt), or FAILED. A short task may end unseen to run. */
export function endAttempt(leaf: PlacedLeaf, event: LeafEventOf<'ended'>, terms: LeafTerms): Outcome {
  if (!isCurrentTask(leaf, event.taskId)) return releaseAgain(leaf, event);
  const next = decideNext(leaf, event, terms);
  const released: Effect = { kind: 'release-task', taskId: event.taskId };
  return { state: next.state, effects: [...disarm(leaf), { kind: 'free-capacity' }, ...next.effects, released] };
}

/** RUNNING: the attempt has lasted too long. Its task is stopped, and FAILED follows when the engine reports. */
export function timeOut(leaf: LeafIn<'RUNNING'>, event: LeafEventOf<'timed-out'>, terms: LeafTerms): Outcome {
  if (!isCurrentTask(leaf, event.taskId) || leaf.deadline === undefined) return unchanged(leaf);
  if (terms.ownerStop?.kind === 'terminate') return unchanged(leaf);
  const { deadline: _struck, ...rest } = leaf;
  const stop: Stop = { kind: 'timeout', reason: statusReasons.timedOut, at: event.at };
  return { state: { ...rest, stop }, effects: [stopTask(leaf.placement)] };
}

/** PENDING: remembered, and done when the dependencies have ended, as AWS does. */
export function stopPending(leaf: LeafIn<'PENDING'>, event: StopEvent, terms: LeafTerms): Outcome {
  return leaf.stop || terms.ownerStop ? unchanged(leaf) : { state: { ...leaf, stop: stopOf(event) }, effects: [] };
}

/** RUNNABLE → FAILED with the user's reason. */
export function stopRunnable(leaf: LeafIn<'RUNNABLE'>, event: StopEvent): Outcome {
  const failed = finish({ ...leaf, stop: stopOf(event) }, 'FAILED', event.at, event.reason);
  return { state: failed.state, effects: [{ kind: 'dequeue' }, ...failed.effects] };
}

/** STARTING or RUNNING: the task is stopped, and FAILED follows when the engine reports. The first request counts. */
export function terminate(leaf: PlacedLeaf, event: LeafEventOf<'terminate-requested'>, terms: LeafTerms): Outcome {
  if (leaf.stop || terms.ownerStop?.kind === 'terminate') return unchanged(leaf);
  const stop = stopOf(event);
  const effects = [...disarm(leaf), stopTask(leaf.placement)];
  if (leaf.status === 'STARTING') return { state: { ...leaf, stop }, effects };
  const { deadline: _disarmed, ...rest } = leaf;
  return { state: { ...rest, stop }, effects };
}

/** PENDING → FAILED with its own stop's reason or its array's, unless it waits for more than a sibling. */
export function fallWithOwner(leaf: LeafIn<'PENDING'>, event: LeafEventOf<'owner-stopped'>): Outcome {
  if (event.waitsOutside) return unchanged(leaf);
  return finish(leaf, 'FAILED', event.at, leaf.stop?.reason ?? event.stop.reason);
}

/** RUNNABLE → FAILED with the array's reason. */
export function dropWithOwner(leaf: LeafIn<'RUNNABLE'>, event: LeafEventOf<'owner-stopped'>): Outcome {
  const failed = finish(leaf, 'FAILED', event.at, event.stop.reason);
  return { state: failed.state, effects: [{ kind: 'dequeue' }, ...failed.effects] };
}

/** STARTING or RUNNING: the array remembers; a terminated one stops the task, a cancelled one lets it go on. */
export function stopWithOwner(leaf: PlacedLeaf, event: LeafEventOf<'owner-stopped'>): Outcome {
  const isStopped = event.stop.kind === 'terminate' && !leaf.stop;
  return { state: leaf, effects: isStopped ? [...disarm(leaf), stopTask(leaf.placement)] : [] };
}

/** PENDING → FAILED: the definition is invalid. */
export function reject(leaf: LeafIn<'PENDING'>, event: LeafEventOf<'rejected'>): Outcome {
  return finish(leaf, 'FAILED', event.at, event.reason);
}

/** An engine repeats the end of a task that is dealt with already: it may forget the task. */
export function releaseAgain(leaf: Leaf, event: LeafEventOf<'ended'>): Outcome {
  return { state: leaf, effects: [{ kind: 'release-task', taskId: event.taskId }] };
}

/**
 * A stop outranks the exit code, an exit code of 0 ends well, and a failure goes by the retry strategy (spec 01 §9). A
 * child of a cancelled array goes on, as AWS says of started jobs, but does not start again.
 */
function decideNext(leaf: PlacedLeaf, event: LeafEventOf<'ended'>, { retryStrategy, ownerStop }: LeafTerms): Outcome {
  const stop = leaf.stop ?? (ownerStop?.kind === 'terminate' ? ownerStop : undefined);
  const attempt = recordAttempt(leaf, event, event.at, stop?.reason);
  const { statusReason } = attempt;
  const ended = { ...leaf, attempts: [...leaf.attempts, attempt], statusReason };
  if (stop) return finish(ended, 'FAILED', event.at, statusReason);
  if (succeeded(leaf, event)) return finish(ended, 'SUCCEEDED', event.at, statusReason);
  const { retry } = decideRetry(retryStrategy, attempt, ended.attempts.length);
  return retry && !ownerStop ? becomeRunnable(ended, 'head') : finish(ended, 'FAILED', event.at, statusReason);
}
