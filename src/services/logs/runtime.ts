import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import { Turns } from '../../core/turns.ts';
import { SegmentIndexes } from '../../segments/index.ts';
import type { Ledger, Store } from '../../store/index.ts';
import { Appenders } from './appenders.ts';
import { Deletions } from './deletions.ts';
import { defaultLogsLimits, type LogsLimits } from './limits.ts';
import { LiveTails } from './live-tail/live-tails.ts';
import type { LogsLogger } from './logger.ts';
import type { QueryRegistry } from './queries/query.ts';

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
}

/** What the parts of the service share. */
export interface LogsRuntime extends Omit<LogsServiceOptions, 'limits'> {
  readonly limits: LogsLimits;
  readonly indexes: SegmentIndexes;
  /** Held, by directory, while the record of a stream is read and changed. */
  readonly turns: Turns;
  readonly appenders: Appenders;
  readonly deletions: Deletions;
  readonly liveTails: LiveTails;
  readonly queries: QueryRegistry;
}

/** What queries are run with. */
export type QuerylessRuntime = Omit<LogsRuntime, 'queries'>;

export function createRuntime(options: LogsServiceOptions): QuerylessRuntime {
  const limits = { ...defaultLogsLimits, ...options.limits };
  const indexes = new SegmentIndexes();
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
  };
}
