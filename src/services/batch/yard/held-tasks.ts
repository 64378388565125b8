import type { TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import { heldTask, type Jobs } from '../../../jobs/index.ts';

/**
 * Where the tasks are that jobs hold, each from its placement to its end. While memory is filled anew, as it was before: what
 * runs goes on meanwhile, and calls.
 */
export class HeldTasks {
  readonly #jobs: Jobs;
  #before: ReadonlyMap<TaskId, Placement> | undefined;

  constructor(jobs: Jobs) {
    this.#jobs = jobs;
  }

  /** Memory is about to be filled anew. */
  freeze(): void {
    this.#before ??= new Map([...this.#jobs.tasks().keys()].flatMap((taskId) => entryOf(taskId, this.#now(taskId))));
  }

  /** Memory is whole. */
  thaw(): void {
    this.#before = undefined;
  }

  placementOf(taskId: TaskId): Placement | undefined {
    return this.#before ? this.#before.get(taskId) : this.#now(taskId);
  }

  #now(taskId: TaskId): Placement | undefined {
    const holder = this.#jobs.byTask(taskId);
    return holder && heldTask(holder)?.placement;
  }
}

function entryOf(taskId: TaskId, placement: Placement | undefined): [TaskId, Placement][] {
  return placement ? [[taskId, placement]] : [];
}
