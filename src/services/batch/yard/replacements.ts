import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';

/** The replacement of the instances of one environment. */
export interface Replacement {
  /** Those that are to go. */
  readonly ids: Iterable<string>;
  /** When it began, as the wall clock said then. */
  readonly since: EpochMilliseconds;
  /** After so long what still runs on them ends. */
  readonly timeout: Milliseconds;
  /** None of them is left. Called once, and not if they were gone already. */
  readonly onReplaced: () => void;
}

interface UnderWay {
  readonly left: Set<string>;
  readonly onReplaced: () => void;
  readonly cancel: CancelTimer;
}

/** Which environments wait for old instances to go, and until when those may stay. What is under way is known of the records: a restart begins it again. */
export class Replacements {
  readonly #clock: Clock;
  readonly #endJobs: (instance: string) => void;
  /** By the ARN of the environment. */
  readonly #underWay = new Map<string, UnderWay>();

  constructor(clock: Clock, endJobs: (instance: string) => void) {
    this.#clock = clock;
    this.#endJobs = endJobs;
  }

  /** One of the same environment that is under way is no more. */
  begin(environmentArn: string, { ids, since, timeout, onReplaced }: Replacement): void {
    this.#underWay.get(environmentArn)?.cancel();
    const left = new Set(ids);
    const end = () => {
      for (const id of left) this.#endJobs(id);
    };
    // A wall clock that was set since ends no job early, and keeps none longer than all of the time.
    const cancel = this.#clock.after(Math.min(timeout, since + timeout - this.#clock.now()), end);
    this.#underWay.set(environmentArn, { left, onReplaced, cancel });
  }

  /** An instance is gone. */
  gone(id: string): void {
    for (const [arn, { left, onReplaced, cancel }] of this.#underWay) {
      if (!left.delete(id) || left.size > 0) continue;
      cancel();
      this.#underWay.delete(arn);
      onReplaced();
    }
  }

  forget(): void {
    for (const { cancel } of this.#underWay.values()) cancel();
    this.#underWay.clear();
  }
}
