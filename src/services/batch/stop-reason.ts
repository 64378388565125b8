import { demand } from './refusals.ts';

const longestReason = 1024;

/** Checks the reason that every cancellation and termination carries into `statusReason`; of the guide, without reported words. */
export function checkStopReason(reason: string): void {
  demand(reason.trim() !== '', 'reason is required.');
  demand(reason.length <= longestReason, `reason can have at most ${longestReason} characters.`);
}
