import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { DeliveredFact, Fact } from '../../store/index.ts';

/** An event that follows from a fact. */
export interface SourceEvent extends Scope {
  /** Of the fact, and which of its events it is: the same whenever it is told. */
  readonly sequence: number;
  readonly index: number;
  readonly time: EpochMilliseconds;
  readonly resources: readonly string[];
  readonly detail: object;
  /** Whose doing it was: the ARN of a principal, if that is known. */
  readonly principal?: string | undefined;
  /** The name of the execution that it is about. */
  readonly executionName?: string | undefined;
}

/** A service that tells the default bus what happens in it. */
export interface EventSource {
  /** Such as `aws.batch`. */
  readonly source: string;
  /** What the events of a fact are called; undefined if there are none. */
  detailTypeOf(fact: Fact): string | undefined;
  /** The events of facts that have any, as it was then. */
  eventsOf(facts: readonly DeliveredFact[]): AsyncIterable<SourceEvent>;
}
