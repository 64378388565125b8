import type { Clock } from '../../../core/clock.ts';
import type { Ledger } from '../../../store/index.ts';
import type { MemoryActivityQueues } from './queues.ts';

/** What the operations on activities work with. */
export interface ActivityRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly queues: MemoryActivityQueues;
}
