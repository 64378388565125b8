import type { Scope } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import { ScopeMap } from '../../core/scope-map.ts';

/** Every limit of the Batch API that an account runs into, per region. Spec 06 §6 and the API reference. */
export interface BatchQuotas {
  readonly jobQueues: number;
  readonly computeEnvironments: number;
  readonly computeEnvironmentsPerQueue: number;
  /** Instances that are registered in the cluster of one environment (ECS's). */
  readonly instancesPerCluster: number;
  readonly consumableResources: number;
  readonly schedulingPolicies: number;
  readonly serviceEnvironments: number;
  readonly quotaSharesPerQueue: number;
  /** Share identifiers of one queue that are active (spec 03 §9.6). */
  readonly activeSharesPerQueue: number;
  readonly dependenciesPerJob: number;
  /** Bytes of the JSON of one RegisterJobDefinition request. */
  readonly jobDefinitionBytes: number;
  /** Bytes of the JSON of one SubmitJob request. */
  readonly submitJobBytes: number;
  /** Jobs, service jobs among them, that are SUBMITTED, PENDING or RUNNABLE. */
  readonly waitingJobs: number;
  readonly tagsPerResource: number;
  /** Ids or names in one Describe call. */
  readonly describedPerCall: number;
  /** Ids in one CancelJobs or TerminateJobs call. */
  readonly stoppedPerCall: number;
  /** SubmitJob calls a second and account; absent: no limit. */
  readonly submitJobPerSecond?: number;
}

/** AWS's figures, less the rate quotas: those serve nobody who owns the machines. */
export const defaultQuotas: BatchQuotas = {
  jobQueues: 50,
  computeEnvironments: 50,
  computeEnvironmentsPerQueue: 3,
  instancesPerCluster: 5_000,
  consumableResources: 50_000,
  schedulingPolicies: 500,
  serviceEnvironments: 50,
  quotaSharesPerQueue: 20,
  activeSharesPerQueue: 500,
  dependenciesPerJob: 20,
  jobDefinitionBytes: 24 * 1024,
  submitJobBytes: 30 * 1024,
  waitingJobs: 1_000_000,
  tagsPerResource: 50,
  describedPerCall: 100,
  stoppedPerCall: 50,
};

/** All of AWS's figures, rates included (`--quotas aws`). */
export const awsQuotas: BatchQuotas = { ...defaultQuotas, submitJobPerSecond: 50 };

/** A token bucket for each account and region: `perSecond` calls a second, as many at once. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number | undefined;
  readonly #buckets = new ScopeMap<{ tokens: number; at: number }>();

  /** `perSecond` absent: everything passes. */
  constructor(clock: Clock, perSecond: number | undefined) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Takes one call's share; false if the caller must wait. */
  take(scope: Scope): boolean {
    if (this.#perSecond === undefined) return true;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(scope) ?? { tokens: this.#perSecond, at: now };
    bucket.tokens = Math.min(this.#perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(scope, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
