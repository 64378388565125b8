import { drawn } from '../../core/drawn.ts';
import type { Milliseconds } from '../../core/ids.ts';

/** Of the instances of each class, how many Spot takes back within a month: the middle of the class; of the last, which has no end, a guess. */
const withinMonth = [0.025, 0.075, 0.125, 0.175, 0.25] as const;
const month: Milliseconds = 30 * 86_400_000;

/**
 * How long after it is ready Spot takes an instance back, if nobody ends it before: as likely at each moment as at any other. Depends on the seed and the
 * instance alone, so that two policies are compared under the same interruptions. `interruption`: its type's class, 0 to 4.
 */
export function interruptedAfter(seed: number, instance: string, interruption: number): Milliseconds {
  const perMonth = withinMonth[interruption] ?? withinMonth[withinMonth.length - 1] ?? 0;
  const hazard = -Math.log1p(-perMonth) / month;
  // Whole milliseconds, as clocks have them.
  return Math.ceil(-Math.log1p(-drawn(seed, 'interruption', instance)) / hazard);
}
