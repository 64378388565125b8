/** How often and when a delivery that failed is tried again. Delays in seconds. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  /** All retries, those of the other three phases included. */
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: BackoffFunction;
}

export const backoffFunctions = ['arithmetic', 'exponential', 'geometric', 'linear'] as const;
export type BackoffFunction = (typeof backoffFunctions)[number];

/** What holds for one subscription, once its topic's and its own policy are put together. */
export interface EffectivePolicy {
  readonly retry: RetryPolicy;
  /** Absent: as many as there are. */
  readonly maxReceivesPerSecond?: number;
  /** The Content-Type of deliveries. */
  readonly contentType: string;
}

/** What a policy gives; absent members have the defaults. */
export interface GivenPolicy {
  readonly retry?: RetryPolicy;
  readonly maxReceivesPerSecond?: number;
  readonly contentType?: string;
  /** Only in a topic's: what its subscriptions give does not count. */
  readonly disableSubscriptionOverrides?: boolean;
}

/** AWS's defaults: three retries, 20 seconds apart. */
export const defaultRetryPolicy: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};

/** AWS's for mails (developer guide, message delivery retries): 50 retries in six hours and more. */
export const mailPolicy: EffectivePolicy = {
  retry: {
    minDelayTarget: 10,
    maxDelayTarget: 600,
    numRetries: 50,
    numMaxDelayRetries: 38,
    numNoDelayRetries: 0,
    numMinDelayRetries: 2,
    backoffFunction: 'exponential',
  },
  contentType: 'text/plain; charset=UTF-8',
};

export const defaultContentType = 'text/plain; charset=UTF-8';

/** The policy that a subscription of a topic is delivered by. */
export function effectivePolicy(topic: GivenPolicy, subscription: GivenPolicy): EffectivePolicy {
  const own = topic.disableSubscriptionOverrides === true ? {} : subscription;
  const rate = own.maxReceivesPerSecond ?? topic.maxReceivesPerSecond;
  return {
    retry: own.retry ?? topic.retry ?? defaultRetryPolicy,
    contentType: own.contentType ?? topic.contentType ?? defaultContentType,
    ...(rate !== undefined && { maxReceivesPerSecond: rate }),
  };
}
