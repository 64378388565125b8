import type { Clock } from '../../core/clock.ts';
import type { Invoke } from '../../core/invoke.ts';
import type { RandomSource } from '../../core/random.ts';
import { Turns } from '../../core/turns.ts';
import { SegmentIndexes } from '../../segments/index.ts';
import type { DueWork, Ledger, Store } from '../../store/index.ts';
import { Appenders } from './appenders.ts';
import { Deletions } from './deletions.ts';
import { FilterCursors } from './filters/filter-cursors.ts';
import type { FilterWatch } from './filters/filter-watch.ts';
import type { MetricSink } from './filters/metric-sink.ts';
import { defaultLogsLimits, type LogsLimits } from './limits.ts';
import { LiveTails } from './live-tail/live-tails.ts';
import type { LogsLogger } from './logger.ts';
import type { QueryRegistry } from './queries/query.ts';
import { SubscriptionDeliverer } from './subscriptions/deliverer.ts';
import { FunctionCaller } from './subscriptions/function-caller.ts';

export interface LogsServiceOptions {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Absolute; the directories of streams are below it. */
  readonly logDirectory: string;
  /** @default the values of `defaultLogsLimits` */
  readonly limits?: Partial<LogsLimits>;
  readonly logger: LogsLogger;
  readonly due: DueWork;
  readonly invoke: Invoke;
  /** Where metric filters put points; asked when they do. */
  readonly metrics: () => MetricSink;
}

/** What all parts of the service share. */
export interface QuerylessRuntime extends Omit<LogsServiceOptions, 'limits'> {
  readonly limits: LogsLimits;
  readonly indexes: SegmentIndexes;
  /** Held, by directory, while the record of a stream is read and changed. */
  readonly turns: Turns;
  readonly appenders: Appenders;
  readonly deletions: Deletions;
  readonly liveTails: LiveTails;
  readonly cursors: FilterCursors;
  readonly functions: FunctionCaller;
  readonly subscriptions: SubscriptionDeliverer;
}

/** What operations work with. */
export interface LogsRuntime extends QuerylessRuntime {
  readonly filters: FilterWatch;
  readonly queries: QueryRegistry;
}

export function createRuntime(options: LogsServiceOptions): QuerylessRuntime {
  const limits = { ...defaultLogsLimits, ...options.limits };
  const indexes = new SegmentIndexes();
  const functions = new FunctionCaller(options);
  return {
    ...options,
    limits,
    indexes,
    turns: new Turns(),
    appenders: new Appenders({
      logDirectory: options.logDirectory,
      sync: limits.syncToMedium,
      onDamage: (words) => options.logger.warn({}, words),
    }),
    deletions: new Deletions(options),
    liveTails: new LiveTails({ ...options, indexes }),
    cursors: new FilterCursors(options.ledger),
    functions,
    subscriptions: new SubscriptionDeliverer({ ...options, caller: functions }),
  };
}
