import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import { type CronPattern, cronAfter, cronUntil, isNamed } from './cron.ts';
import { instantsOf, offsetAt, type WallTime, wallTime } from './time-zone.ts';

const minute: Milliseconds = 60_000;
/** No clocks are set by more than two hours, today. */
const nearby: Milliseconds = 4 * 60 * minute;
/** So many times in a row that the clocks never show mean that there is none: a schedule of one minute of 2:00 to 3:00 has 60 a year. */
const mostSkipped = 500;

/**
 * The first time after `after` by the clocks of a zone. What they skip when they are set forward is skipped; of what they show twice
 * when they are set back the first counts, unless the expression names every hour: each hour then has its own.
 */
export function zonedAfter(
  pattern: CronPattern,
  zone: string,
  after: EpochMilliseconds,
): EpochMilliseconds | undefined {
  if (zone === 'UTC') return cronAfter(pattern, after);
  let from = after;
  if (isChanging(after, zone)) {
    const start = Math.floor(after / minute) * minute + minute;
    for (let at = start; at <= after + nearby; at += minute) if (isSlot(pattern, zone, at)) return at;
    from = after + nearby;
  }
  let wall: WallTime | undefined = wallTime(from, zone);
  for (let skipped = 0; skipped < mostSkipped; skipped += 1) {
    wall = cronAfter(pattern, wall);
    if (wall === undefined) return undefined;
    const found = instantsOf(wall, zone).find((instant) => instant > from);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The last time that is not after `now`. */
export function zonedUntil(pattern: CronPattern, zone: string, now: EpochMilliseconds): EpochMilliseconds | undefined {
  if (zone === 'UTC') return cronUntil(pattern, now);
  let from = now;
  if (isChanging(now, zone)) {
    const start = Math.floor(now / minute) * minute;
    for (let at = start; at >= now - nearby; at -= minute) if (isSlot(pattern, zone, at)) return at;
    from = now - nearby;
  }
  let wall: WallTime | undefined = wallTime(from, zone);
  for (let skipped = 0; skipped < mostSkipped; skipped += 1) {
    wall = cronUntil(pattern, wall);
    if (wall === undefined) return undefined;
    const instants = instantsOf(wall, zone).filter((instant) => instant <= from);
    const found = namesEveryHour(pattern) ? instants.at(-1) : instants[0];
    if (found !== undefined) return found;
    wall -= 1;
  }
  return undefined;
}

/** Whether the clocks are set near a moment, so that what they show does not tell when. */
function isChanging(instant: EpochMilliseconds, zone: string): boolean {
  const now = offsetAt(instant, zone);
  return offsetAt(instant - nearby, zone) !== now || offsetAt(instant + nearby, zone) !== now;
}

function isSlot(pattern: CronPattern, zone: string, at: EpochMilliseconds): boolean {
  const wall = wallTime(at, zone);
  return isNamed(pattern, wall) && (namesEveryHour(pattern) || instantsOf(wall, zone)[0] === at);
}

/** Of the translated fields: seconds, minutes, hours. */
function namesEveryHour(pattern: CronPattern): boolean {
  const hours = pattern.split(' ')[2] ?? '';
  return hours === '*' || hours.split(',').length === 24;
}
