import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Authority } from '../../iam/index.ts';
import type { FactLog, Ledger } from '../../store/index.ts';
import type { Archives, Replays } from './archives/index.ts';
import type { Connections } from './endpoints/index.ts';
import type { ManagedRules } from './managed-rule.ts';
import type { RuleIndex } from './matching/index.ts';
import type { Schedules } from './schedules/index.ts';

/** What the operations of EventBridge work with. */
export interface EventsRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly facts: FactLog;
  readonly managedRules: ManagedRules;
  readonly index: RuleIndex;
  readonly schedules: Schedules;
  readonly authority: Authority;
  readonly archives: Archives;
  readonly replays: Replays;
  readonly connections: Connections;
}
