import { invariant } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { Decision, SchedulerEvent } from '../scheduler/index.ts';

export const environmentArn = 'arn:environment';
export const pool = 'host';

/** Room for all, and any that waits may be next: whatever order a real scheduler chose, it is one of these. */
export class TestScheduler {
  /** How many wait, by element. */
  readonly waiting = new Map<JobId, { count: number; readonly isArray: boolean; readonly sequence: number }>();
  readonly placed = new Map<JobId, number>();

  apply(event: SchedulerEvent): void {
    switch (event.kind) {
      case 'job-queued': {
        const known = this.waiting.get(event.jobId);
        invariant(!known || (known.isArray && event.count !== undefined), `${event.jobId} waits already`);
        invariant(event.count !== undefined || !this.placed.has(event.jobId), `${event.jobId} waits and runs`);
        const count = (known?.count ?? 0) + (event.count ?? 1);
        const { sequence } = event;
        this.waiting.set(event.jobId, { count, isArray: event.count !== undefined, sequence });
        break;
      }
      case 'job-removed':
        this.#take(event.jobId, event.count ?? this.waiting.get(event.jobId)?.count ?? 0);
        break;
      case 'job-running':
        this.#place(event.jobId, event.count ?? 1);
        break;
      case 'task-finished':
        this.#place(event.jobId, -1);
        break;
      default:
        throw new Error(`jobs tell the scheduler nothing of ${event.kind}`);
    }
  }

  /** Decides a place for the element at `at` among those that wait. */
  decide(at: number): Decision | undefined {
    const ids = [...this.waiting.keys()];
    const jobId = ids[at % Math.max(1, ids.length)];
    if (jobId === undefined) return undefined;
    this.#take(jobId, 1);
    this.#place(jobId, 1);
    const reason = { kind: 'first-environment-that-fits', passedOver: [], limits: [] } as const;
    return { kind: 'place', jobId, computeEnvironmentArn: environmentArn, pool, reason };
  }

  #take(jobId: JobId, count: number): void {
    const known = this.waiting.get(jobId);
    invariant(known && count > 0 && known.count >= count, `${count} of ${jobId} do not wait`);
    if (known.count === count) this.waiting.delete(jobId);
    else known.count -= count;
  }

  #place(jobId: JobId, by: number): void {
    const count = (this.placed.get(jobId) ?? 0) + by;
    invariant(count >= 0, `${jobId} holds no place`);
    if (count === 0) this.placed.delete(jobId);
    else this.placed.set(jobId, count);
  }
}
