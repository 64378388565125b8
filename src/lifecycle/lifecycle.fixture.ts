import type { JobId, TaskId } from '../core/ids.ts';
import type { ContainerOutcome, ExitRule, Leaf, Placement, StoredStatus } from '../core/job.ts';
import { advanceLeaf } from './advance-leaf.ts';
import type { Effect } from './effect.ts';
import type { LeafEvent, LeafEventOf } from './leaf-event.ts';
import { type LeafTerms, pendingLeaf } from './outcome.ts';

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

export function termsOf({ attempts = 1, rules = [], timeoutSeconds }: JobOptions = {}): LeafTerms {
  return { jobId, retryStrategy: { attempts, evaluateOnExit: rules }, timeoutSeconds };
}

/** A job that events are given to one after another, PENDING at first; it remembers every effect. */
export class JobUnderTest {
  state: Leaf = pendingLeaf;
  readonly effects: Effect[] = [];
  readonly #terms: LeafTerms;

  constructor(options: JobOptions & Pick<LeafTerms, 'ownerStop'> = {}) {
    this.#terms = { ...termsOf(options), ownerStop: options.ownerStop };
  }

  /** A method, so that an assertion on one status does not narrow the next. */
  status(): StoredStatus {
    return this.state.status;
  }

  /** Applies events in order, and answers the effects of the last. */
  on(...events: readonly LeafEvent[]): readonly Effect[] {
    let effects: readonly Effect[] = [];
    for (const event of events) {
      const result = advanceLeaf(this.state, event, this.#terms);
      this.state = result.state;
      effects = result.effects;
      this.effects.push(...effects);
    }
    return effects;
  }
}

export const ready: LeafEvent = { kind: 'dependencies-met', at: 1 };
export const dependencyFailed: LeafEvent = { kind: 'dependency-failed', at: 10 };

export function placementFor(task: string): Placement {
  return {
    taskId: taskId(task),
    computeEnvironmentArn: 'environment',
    taskArn: `arn:${task}`,
    containerInstanceArn: 'arn:instance',
    containers: [{ name: 'default' }],
    pool: 'host',
    instance: 'i-0123456789abcdef0',
    placedAt: 2,
  };
}

export function placed(task: string): LeafEvent {
  return { kind: 'placed', at: 2, placement: placementFor(task) };
}

export function started(task: string, at = 1000): LeafEvent {
  return { kind: 'started', at, taskId: taskId(task) };
}

/** The end of a task whose one container exited with `exitCode`. */
export function exited(task: string, exitCode: number, reason?: string): LeafEventOf<'ended'> {
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
): LeafEventOf<'ended'> {
  return { kind: 'ended', at: 5000, taskId: taskId(task), cause, statusReason, containers: [] };
}

export function cancelRequested(reason = 'not needed', at = 3000): LeafEvent {
  return { kind: 'cancel-requested', at, reason };
}

export function terminateRequested(reason = 'enough', at = 3000): LeafEvent {
  return { kind: 'terminate-requested', at, reason };
}
