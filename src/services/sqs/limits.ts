import type { Milliseconds } from '../../core/ids.ts';

/** AWS's limits. */
export const limits = {
  /** Of a message with its attributes, and of a batch of them. */
  messageBytes: 1_048_576,
  attributes: 10,
  batch: 10,
  inFlight: 120_000,
  delay: [0, 900],
  visibility: [0, 43_200],
  retention: [60, 1_209_600],
  wait: [0, 20],
  maximumSize: [1024, 1_048_576],
  moveRate: [1, 500],
} as const;

/** How long a deduplication id, or an attempt id, is remembered. */
export const rememberedFor: Milliseconds = 5 * 60_000;

/** A deleted queue's name is not given again, and a queue is not purged again, within this time. */
export const pauseAfter: Milliseconds = 60_000;

/** SQS's largest body in JSON with room for escapes. */
export const largestBody = 4 * 1024 * 1024;
