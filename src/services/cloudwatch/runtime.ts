import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';
import type { AlarmHouse } from './alarms/alarm-house.ts';
import type { MetricHouse } from './points/metric-house.ts';
import type { QueryRunner } from './query-runner.ts';

/** What the operations of CloudWatch work with. */
export interface CloudWatchRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: MetricHouse;
  readonly queries: QueryRunner;
  readonly alarms: AlarmHouse;
}
