import type { Clock } from '../../../core/clock.ts';
import { pause } from '../../../core/pause.ts';
import { type CommandRefused, commandRefused } from '../../entered-command.ts';
import { processLimits } from '../limits.ts';
import type { Beginning } from './entrance.ts';

/** Asks until the container's first process is there: a task counts as running before its sandbox stands. */
export async function onceBegun<Answer>(
  ask: () => Promise<Answer | Beginning>,
  clock: Clock,
): Promise<Answer | CommandRefused> {
  const until = clock.monotonic() + processLimits.entranceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== 'beginning') return answer as Exclude<Answer, Beginning>;
    if (clock.monotonic() >= until) return commandRefused('the container is still being set up');
    await pause(clock, processLimits.entranceLookMs);
  }
}
