import { invariant } from '../../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';

/** What the jobs of one place hold an instance by: `count` of them, which ask for the same and may last as long. */
export interface TimedTasks {
  readonly count: number;
  /** Absent: for ever. */
  readonly timeout?: Milliseconds | undefined;
  /** When those end at the latest of which that is known. */
  readonly ends: readonly EpochMilliseconds[];
}

/** From the moment that its timeout strikes, or that it is to stop, an attempt has 30 seconds (spec 01 §11), and its engine some to tell of its end. */
const endGrace: Milliseconds = 40_000;

/** Which tasks of a fleet's instances end when, as far as that is known. Costs only those that have a timeout, or are being stopped. */
export class TaskEnds {
  readonly #known = new Map<string, Set<TimedTasks>>();

  /** What is known of these has changed: `instances` hold each of them. */
  put(instances: readonly string[], tasks: TimedTasks): void {
    const isKnown = tasks.count > 0 && (tasks.timeout !== undefined || tasks.ends.length > 0);
    if (!isKnown && this.#known.size === 0) return;
    for (const id of instances) {
      const of = this.#known.get(id);
      if (!isKnown) of?.delete(tasks);
      else if (of) of.add(tasks);
      else this.#known.set(id, new Set([tasks]));
      if (of?.size === 0) this.#known.delete(id);
    }
  }

  /** When all tasks of an instance will have ended, which has `jobs` of them; undefined if some may last for ever. */
  emptyAt(id: string, jobs: number, now: EpochMilliseconds): EpochMilliseconds | undefined {
    let [left, last] = [jobs, now];
    for (const { count, timeout, ends } of this.#known.get(id) ?? []) {
      left -= timeout === undefined ? ends.length : count;
      for (const end of ends) last = Math.max(last, end + endGrace);
      if (timeout !== undefined && count > ends.length) last = Math.max(last, endIfStarted(timeout, now));
    }
    invariant(left >= 0, `instance ${id} has fewer than its ${jobs} jobs`);
    return left > 0 ? undefined : last;
  }
}

/** When a job will have ended at the latest that runs from now on. One that has been placed and does not run yet is as one that would be placed now. */
export function endIfStarted(timeout: Milliseconds, now: EpochMilliseconds): EpochMilliseconds {
  return now + timeout + endGrace;
}
