import type { Milliseconds } from '../../core/ids.ts';

/** Of an account in a region, as AWS's quotas say; schedules are held in memory, about a kilobyte each. */
export const quotas = { schedules: 1_000_000, groups: 500, tags: 50 } as const;

/** Characters of what a target is given: the most that SQS took when AWS made the quota. */
export const longestInput = 262_144;

/** How long a call with a ClientToken finds what the first one did. */
export const tokenLifetime: Milliseconds = 8 * 60 * 60_000;

/** AWS fires within the minute of a slot: what comes later was missed. */
export const precision: Milliseconds = 60_000;

/** How long before now a schedule may begin (AWS's own words of the refusal say so). */
export const earliestStart: Milliseconds = 5 * 60_000;
