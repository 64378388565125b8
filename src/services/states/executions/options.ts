import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Evaluations } from '../../../evaluation/index.ts';
import type { FactLog, Ledger } from '../../../store/index.ts';
import type { HistorySink, Integrations, MachineCatalog } from '../contract.ts';

/** What is counted of executions, for metrics. */
export type ExecutionCount = 'started' | 'succeeded' | 'failed' | 'timedOut' | 'aborted';

export interface ExecutionsOptions {
  readonly ledger: Ledger;
  /** Hears of every change of status of a Standard execution, in its transaction. */
  readonly facts: FactLog;
  readonly catalog: MachineCatalog;
  readonly integrations: Integrations;
  /** Where expressions are evaluated that could take long. */
  readonly evaluations: Evaluations;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Hears the events of executions whose state machine has a logging configuration, once they are durable. */
  readonly historySink?: HistorySink;
  /** @default nobody counts */
  readonly count?: (what: ExecutionCount, kind: 'STANDARD' | 'EXPRESS') => void;
  /**
   * How long an ended execution stays describable, and its name taken.
   * @default 90 days
   */
  readonly retention?: Milliseconds;
  /** Something broke that no execution can be blamed for: memory may no longer be what the store holds. */
  readonly onError: (error: unknown) => void;
}

/** Limits of executions (developer guide, "Service quotas"). */
export const executionLimits = {
  /** An Express execution ends after five minutes. */
  expressDuration: 5 * 60_000,
  retention: 90 * 24 * 60 * 60_000,
  redrivablePeriod: 14 * 24 * 60 * 60_000,
  /** An execution may go on for a year. */
  longestDuration: 365 * 24 * 60 * 60_000,
  redrives: 1000,
  /** Repeats of a RedriveExecution with its client token find the first one's answer this long. */
  redriveTokenLifetime: 15 * 60_000,
} as const;
