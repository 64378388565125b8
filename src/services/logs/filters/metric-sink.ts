import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Transaction } from '../../../store/index.ts';

/** A metric that a filter makes points of. */
export interface FilteredMetric {
  readonly namespace: string;
  readonly name: string;
  /** In the order of their names. */
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
  readonly unit?: string;
}

/** Points that are not put yet: those of one metric and minute are added up as they come. */
export interface GatheredPoints {
  /** How many there are once they are added up. */
  readonly size: number;
  add(metric: FilteredMetric, at: EpochMilliseconds, value: number): void;
  /** They are there once the transaction is durable. Throws AWS's error if there are too many metrics. */
  putIn(transaction: Transaction, scope: Scope): void;
}

/** Where filters put the points that they make: CloudWatch. */
export interface MetricSink {
  gather(): GatheredPoints;
}
