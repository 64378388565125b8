import type { EpochMilliseconds } from '../../core/ids.ts';
import type { ExplainJobOutput } from '../../services/batch/index.ts';
import { formatDuration } from '../output/duration.ts';

/**
 * Such as `about 14:05 UTC, in 12m 30s (estimate: …)`, or why nobody can tell, less the reason `why` it waits, which has been told.
 */
export function startWords(start: NonNullable<ExplainJobOutput['start']>, now: EpochMilliseconds, why: string): string {
  const told = `: ${why}`;
  const text = start.text.endsWith(told) ? start.text.slice(0, -told.length) : start.text;
  if (start.kind === 'estimated')
    return `about ${timeOfDay(start.at, now)}, in ${formatDuration(start.at - now)} (estimate: ${text})`;
  const { notBefore } = start;
  const bound = notBefore !== undefined && notBefore > now ? `, but hardly before ${timeOfDay(notBefore, now)}` : '';
  return `nobody can tell${bound} (estimate: ${text})`;
}

/** With its day unless that is today. */
function timeOfDay(at: EpochMilliseconds, now: EpochMilliseconds): string {
  const [then, today] = [at, now].map((time) => new Date(time).toISOString());
  const [day, time] = (then ?? '').slice(0, 16).split('T');
  return today?.startsWith(day ?? '') ? `${time} UTC` : `${day} ${time} UTC`;
}
