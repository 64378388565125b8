import type { JobId, TaskId } from '../core/ids.ts';
import type { ContainerOutcome, ExitRule, JobState, JobStatus, Placement } from '../core/job.ts';
import { advance, createJob } from './advance.ts';
import type { Effect } from './effect.ts';
import type { JobEvent, JobEventOf } from './job-event.ts';

/** What a test's job is made of: one attempt and no timeout unless it says otherwise. */
export interface JobOptions {
  readonly attempts?: number;
  readonly rules?: readonly ExitRule[];
  readonly timeoutSeconds?: number;
}

export const jobId = 'job' as JobId;

export function taskId(name: string): TaskId {
  return name as TaskId;
}

export function newJob({ attempts = 1, rules = [], timeoutSeconds }: JobOptions = {}): JobState {
  const retryStrategy = { attempts, evaluateOnExit: rules };
  return createJob({ jobId, retryStrategy, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) });
}

/** A job that events are given to one after another; it remembers every effect. */
export class JobUnderTest {
  state: JobState;
  readonly effects: Effect[] = [];

  constructor(options: JobOptions = {}) {
    this.state = newJob(options);
  }

  /** A method, so that an assertion on one status does not narrow the next. */
  status(): JobStatus {
    return this.state.status;
  }

  /** Applies events in order, and answers the effects of the last. */
  on(...events: readonly JobEvent[]): readonly Effect[] {
    let effects: readonly Effect[] = [];
    for (const event of events) {
      const result = advance(this.state, event);
      this.state = result.state;
      effects = result.effects;
      this.effects.push(...effects);
    }
    return effects;
  }
}

export function evaluated(...waitingFor: readonly string[]): JobEvent {
  return { kind: 'evaluated', at: 1, waitingFor: waitingFor as readonly string[] as readonly JobId[] };
}

export function placementFor(task: string): Placement {
  return {
    taskId: taskId(task),
    computeEnvironmentArn: 'environment',
    taskArn: `arn:${task}`,
    containerInstanceArn: 'arn:instance',
    pool: 'host',
    instance: 'i-0123456789abcdef0',
    placedAt: 2,
  };
}

export function placed(task: string): JobEvent {
  return { kind: 'placed', at: 2, placement: placementFor(task) };
}

export function started(task: string, at = 1000): JobEvent {
  return { kind: 'started', at, taskId: taskId(task) };
}

/** The end of a task whose one container exited with `exitCode`. */
export function exited(task: string, exitCode: number, reason?: string): JobEventOf<'ended'> {
  const container: ContainerOutcome = {
    name: 'default',
    stoppedAt: 5000,
    exitCode,
    ...(reason === undefined ? {} : { reason }),
  };
  const statusReason = 'Essential container in task exited';
  return { kind: 'ended', at: 5000, taskId: taskId(task), cause: 'exited', statusReason, containers: [container] };
}

/** The end of a task that no container's exit code tells of. */
export function endedBy(
  cause: 'lost' | 'failed-to-start' | 'stopped',
  task: string,
  statusReason = '',
): JobEventOf<'ended'> {
  return { kind: 'ended', at: 5000, taskId: taskId(task), cause, statusReason, containers: [] };
}

export function cancelRequested(reason = 'not needed', at = 3000): JobEvent {
  return { kind: 'cancel-requested', at, reason };
}

export function terminateRequested(reason = 'enough', at = 3000): JobEvent {
  return { kind: 'terminate-requested', at, reason };
}
