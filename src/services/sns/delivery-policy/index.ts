export { parseSubscriptionPolicy, parseTopicPolicy } from './parse.ts';
export { defaultRetryPolicy, type EffectivePolicy, effectivePolicy, type GivenPolicy, mailPolicy } from './policy.ts';
export { longestRetryDelay, retryDelay } from './schedule.ts';
