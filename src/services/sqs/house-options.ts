import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { DueWork, Ledger } from '../../store/index.ts';

/** What queues stand on. */
export interface HouseOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
}
