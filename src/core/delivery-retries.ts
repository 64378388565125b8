import type { EpochMilliseconds, Milliseconds } from './ids.ts';
import type { RandomSource } from './random.ts';

/** How long a target is to be tried for. */
export interface RetryLimits {
  readonly retries?: number;
  readonly maximumAgeSeconds?: number;
}

/** Which of its limits a delivery has come to, as dead letters name them. */
export type ExhaustedLimit = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** What is tried for the first time at `firstAt`. */
interface Tried {
  readonly firstAt: EpochMilliseconds;
}

/** Of a target that says nothing else: as AWS. */
const defaults = { retries: 185, ageSeconds: 86_400 } as const;
const shortest: Milliseconds = 1_000;
/** AWS's 185 retries then fill its 24 hours. */
const longestDelay: Milliseconds = 480_000;
/** What a receiver may ask to be left alone for: no delivery waits for longer. */
export const longestWait: Milliseconds = 3_600_000;

/** When a delivery that has failed so often is tried again, or why it is not. */
export type NextTry =
  | { readonly kind: 'again'; readonly at: EpochMilliseconds }
  | { readonly kind: 'over'; readonly condition: ExhaustedLimit };

/** Whether the event is too old to be sent. */
export function isTooOld(
  { maximumAgeSeconds = defaults.ageSeconds }: RetryLimits,
  { firstAt }: Tried,
  now: number,
): boolean {
  return now - firstAt > maximumAgeSeconds * 1000;
}

interface Trying {
  readonly now: EpochMilliseconds;
  readonly random: RandomSource;
  /** The receiver asks to be left alone for so long. */
  readonly notFor?: Milliseconds | undefined;
}

/** `tries` have failed. Doubles from one second, with full jitter. */
export function nextTry(
  limits: RetryLimits,
  delivery: Tried,
  tries: number,
  { now, random, notFor = 0 }: Trying,
): NextTry {
  if (tries > (limits.retries ?? defaults.retries)) return { kind: 'over', condition: 'MaximumRetryAttempts' };
  const longest = Math.min(longestDelay, shortest * 2 ** Math.min(tries - 1, 20));
  const [high = 0, low = 0] = random.bytes(2);
  const drawn = Math.ceil(((high * 256 + low + 1) / 65_536) * longest);
  const at = now + Math.min(Math.max(drawn, notFor), longestWait);
  return isTooOld(limits, delivery, at)
    ? { kind: 'over', condition: 'MaximumEventAgeInSeconds' }
    : { kind: 'again', at };
}
