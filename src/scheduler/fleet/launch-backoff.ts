import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';

/** A type could not be launched in an environment, and is not tried again before `until`. Stored with the environment. */
export interface LaunchBackoff {
  /** In a row. */
  readonly failures: number;
  readonly until: EpochMilliseconds;
}

const shortest: Milliseconds = 60_000;
const longest: Milliseconds = 16 * shortest;

/** One more failure: a minute's wait, twice as long after each in a row, 16 minutes at most. A launch that succeeds forgets them. */
export function afterFailure(previous: LaunchBackoff | undefined, now: EpochMilliseconds): LaunchBackoff {
  const failures = (previous?.failures ?? 0) + 1;
  // Beyond some powers of two the number would lose its use, and in the end be infinite.
  const doublings = Math.min(failures - 1, 10);
  return { failures, until: now + Math.min(longest, shortest * 2 ** doublings) };
}
