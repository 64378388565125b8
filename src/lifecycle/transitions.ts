import { invariant } from '../core/errors.ts';
import type { JobState, StopRequest } from '../core/job.ts';
import { recordAttempt, succeeded } from './attempt.ts';
import type { Effect } from './effect.ts';
import type { JobEventOf } from './job-event.ts';
import {
  becomeRunnable,
  carriedOver,
  finish,
  isCurrentTask,
  type JobIn,
  type Outcome,
  type PlacedJob,
  unchanged,
} from './outcome.ts';
import { decideRetry } from './retry.ts';
import { statusReasons, stopGraceMilliseconds } from './status-reasons.ts';

type StopEvent = JobEventOf<'cancel-requested'> | JobEventOf<'terminate-requested'>;

/** SUBMITTED → PENDING while dependencies are open, else → RUNNABLE. */
export function evaluate(job: JobIn<'SUBMITTED'>, event: JobEventOf<'evaluated'>): Outcome {
  if (event.waitingFor.length === 0) return becomeRunnable(job, 'own-place');
  return { state: { ...carriedOver(job), status: 'PENDING', waitingFor: [...new Set(event.waitingFor)] }, effects: [] };
}

/** PENDING → RUNNABLE with the last dependency, or → FAILED if the job has been cancelled meanwhile. */
export function dependencySucceeded(job: JobIn<'PENDING'>, event: JobEventOf<'dependency-succeeded'>): Outcome {
  const waitingFor = job.waitingFor.filter((jobId) => jobId !== event.jobId);
  if (waitingFor.length === job.waitingFor.length) return unchanged(job);
  if (waitingFor.length > 0) return { state: { ...job, waitingFor }, effects: [] };
  return job.stop ? finish(job, 'FAILED', event.at, job.stop.reason) : becomeRunnable(job, 'own-place');
}

/** PENDING → FAILED, with the user's reason if the job had been cancelled. */
export function dependencyFailed(job: JobIn<'PENDING'>, event: JobEventOf<'dependency-failed'>): Outcome {
  if (!job.waitingFor.includes(event.jobId)) return unchanged(job);
  return finish(job, 'FAILED', event.at, job.stop?.reason ?? statusReasons.dependencyFailed);
}

/** RUNNABLE → STARTING. */
export function place(job: JobIn<'RUNNABLE'>, event: JobEventOf<'placed'>): Outcome {
  invariant(job.attempts.length < job.retryStrategy.attempts, `job ${job.jobId} has no attempt left to place`);
  const { placement } = event;
  const isFresh = job.attempts.every((attempt) => attempt.taskId !== placement.taskId);
  invariant(isFresh, `task ${placement.taskId} of job ${job.jobId} has run before`);
  const { statusReason: _ofLastAttempt, ...rest } = carriedOver(job);
  return {
    state: { ...rest, status: 'STARTING', placement },
    effects: [{ kind: 'start-task', taskId: placement.taskId }],
  };
}

/** STARTING → RUNNABLE at its own place: nothing ran, so no attempt is used up; → FAILED if it was to be stopped. */
export function undoPlacement(job: JobIn<'STARTING'>, event: JobEventOf<'start-refused'>): Outcome {
  if (!isCurrentTask(job, event.taskId)) return unchanged(job);
  const freed: readonly Effect[] = [{ kind: 'free-capacity' }, { kind: 'release-task', taskId: event.taskId }];
  const next = job.stop ? finish(job, 'FAILED', event.at, job.stop.reason) : becomeRunnable(job, 'own-place');
  return { state: next.state, effects: [...freed, ...next.effects] };
}

/** RUNNING: only an earlier task can have been refused. */
export function ignoreEarlierRefusal(job: JobIn<'RUNNING'>, event: JobEventOf<'start-refused'>): Outcome {
  invariant(!isCurrentTask(job, event.taskId), `task ${event.taskId} runs, though its start was refused`);
  return unchanged(job);
}

/** STARTING → RUNNING; the timeout counts from here, by the engine's own time. */
export function start(job: JobIn<'STARTING'>, event: JobEventOf<'started'>): Outcome {
  if (!isCurrentTask(job, event.taskId)) return unchanged(job);
  const placement = { ...job.placement, ...givenNotes(event.notes) };
  const running = { ...carriedOver(job), status: 'RUNNING', placement, startedAt: event.at } as const;
  if (job.timeoutSeconds === undefined || job.stop) return { state: running, effects: [] };
  const deadline = event.at + job.timeoutSeconds * 1000;
  return {
    state: { ...running, deadline },
    effects: [{ kind: 'arm-timeout', taskId: event.taskId, deadline }],
  };
}

/** STARTING or RUNNING → SUCCEEDED, RUNNABLE at the head (another attempt), or FAILED. A short task may end unseen to run. */
export function endAttempt(job: PlacedJob, event: JobEventOf<'ended'>): Outcome {
  if (!isCurrentTask(job, event.taskId)) return releaseAgain(job, event);
  const next = decideNext(job, event);
  const released: Effect = { kind: 'release-task', taskId: event.taskId };
  return { state: next.state, effects: [...disarm(job), { kind: 'free-capacity' }, ...next.effects, released] };
}

/** RUNNING: the attempt has lasted too long. Its task is stopped, and FAILED follows when the engine reports. */
export function timeOut(job: JobIn<'RUNNING'>, event: JobEventOf<'timed-out'>): Outcome {
  if (!isCurrentTask(job, event.taskId) || job.deadline === undefined) return unchanged(job);
  const { deadline: _struck, ...rest } = job;
  const stop: StopRequest = { kind: 'timeout', reason: statusReasons.timedOut, requestedAt: event.at };
  return { state: { ...rest, stop }, effects: [stopTask(job)] };
}

/** SUBMITTED → FAILED with the user's reason. */
export function cancelSubmitted(job: JobIn<'SUBMITTED'>, event: StopEvent): Outcome {
  return finish({ ...job, stop: stopRequest(event) }, 'FAILED', event.at, event.reason);
}

/** PENDING: remembered, and done when the dependencies have ended, as AWS does. */
export function cancelPending(job: JobIn<'PENDING'>, event: StopEvent): Outcome {
  return job.stop ? unchanged(job) : { state: { ...job, stop: stopRequest(event) }, effects: [] };
}

/** RUNNABLE → FAILED with the user's reason. */
export function cancelRunnable(job: JobIn<'RUNNABLE'>, event: StopEvent): Outcome {
  const failed = finish({ ...job, stop: stopRequest(event) }, 'FAILED', event.at, event.reason);
  return { state: failed.state, effects: [{ kind: 'dequeue' }, ...failed.effects] };
}

/** STARTING or RUNNING: the task is stopped, and FAILED follows when the engine reports. The first request counts. */
export function terminate(job: PlacedJob, event: JobEventOf<'terminate-requested'>): Outcome {
  if (job.stop) return unchanged(job);
  const stop = stopRequest(event);
  if (job.status === 'STARTING') return { state: { ...job, stop }, effects: [stopTask(job)] };
  const { deadline: _disarmed, ...rest } = job;
  return { state: { ...rest, stop }, effects: [...disarm(job), stopTask(job)] };
}

/** SUBMITTED or PENDING → FAILED: the definition is invalid. */
export function reject(job: JobIn<'SUBMITTED'> | JobIn<'PENDING'>, event: JobEventOf<'rejected'>): Outcome {
  return finish(job, 'FAILED', event.at, event.reason);
}

/** RUNNABLE → FAILED: the definition is invalid. */
export function rejectRunnable(job: JobIn<'RUNNABLE'>, event: JobEventOf<'rejected'>): Outcome {
  const failed = finish(job, 'FAILED', event.at, event.reason);
  return { state: failed.state, effects: [{ kind: 'dequeue' }, ...failed.effects] };
}

/** STARTING → FAILED: the definition proved invalid before the task was given to its engine. */
export function rejectPlaced(job: JobIn<'STARTING'>, event: JobEventOf<'rejected'>): Outcome {
  const failed = finish(job, 'FAILED', event.at, job.stop?.reason ?? event.reason);
  const released: Effect = { kind: 'release-task', taskId: job.placement.taskId };
  return { state: failed.state, effects: [{ kind: 'free-capacity' }, ...failed.effects, released] };
}

/** An engine repeats the end of a task that is dealt with already: it may forget the task. */
export function releaseAgain(job: JobState, event: JobEventOf<'ended'>): Outcome {
  return { state: job, effects: [{ kind: 'release-task', taskId: event.taskId }] };
}

/** A stop outranks the exit code, an exit code of 0 ends well, and a failure goes by the retry strategy (spec 01 §9). */
function decideNext(job: PlacedJob, event: JobEventOf<'ended'>): Outcome {
  const attempt = recordAttempt(job, event);
  const ended = { ...job, attempts: [...job.attempts, attempt], statusReason: attempt.statusReason };
  if (job.stop) return finish(ended, 'FAILED', event.at, attempt.statusReason);
  if (succeeded(event)) return finish(ended, 'SUCCEEDED', event.at, attempt.statusReason);
  const { retry } = decideRetry(job.retryStrategy, attempt, ended.attempts.length);
  return retry ? becomeRunnable(ended, 'head') : finish(ended, 'FAILED', event.at, attempt.statusReason);
}

function disarm(job: PlacedJob): readonly Effect[] {
  const isArmed = job.status === 'RUNNING' && job.deadline !== undefined;
  return isArmed ? [{ kind: 'disarm-timeout', taskId: job.placement.taskId }] : [];
}

/** SIGTERM, then SIGKILL 30 s later (spec 01 §11). */
export function stopTask(job: PlacedJob): Effect {
  return { kind: 'stop-task', taskId: job.placement.taskId, graceMilliseconds: stopGraceMilliseconds };
}

function stopRequest(event: StopEvent): StopRequest {
  const kind = event.kind === 'cancel-requested' ? 'cancel' : 'terminate';
  return { kind, reason: event.reason, requestedAt: event.at };
}

function givenNotes(notes: readonly string[] | undefined) {
  return notes && notes.length > 0 ? { notes } : {};
}
