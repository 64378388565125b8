import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';
import type { Functions } from './functions.ts';
import type { EventQueue, Invoker } from './invocations/index.ts';

/** What the operations of Lambda work with. */
export interface LambdaRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly events: EventQueue;
}
