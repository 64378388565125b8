import type { Scope } from './arn.ts';
import type { EpochMilliseconds } from './ids.ts';

/** What attempts took: numbers that add up. */
export interface UsageSums {
  /** Of a multi-node job those of each of its nodes. */
  readonly attempts: number;
  /** From start to stop. */
  readonly seconds: number;
  /** Seconds times what was asked for. */
  readonly vcpuSeconds: number;
  readonly memoryMiBSeconds: number;
  readonly gpuSeconds: number;
  /** What was used, as far as the engine could tell. */
  readonly cpuSeconds: number;
}

/** What the attempts took that ended within one hour, of one queue, definition, share and user. */
export interface UsageRecord extends Scope, UsageSums {
  /** The most memory that one attempt held at once, as far as the engine could tell: the highest, not a sum. */
  readonly peakMemoryBytes: number;
  /** When the hour begins. */
  readonly hour: EpochMilliseconds;
  readonly jobQueueArn: string;
  readonly jobDefinitionArn: string;
  readonly shareIdentifier?: string;
  /** ARN of who submitted the jobs; for the sessions of a role it is the role's. */
  readonly principal?: string;
}
