import { latestSlot, parseTiming, slotFrom, type Timing } from '../../../schedules/index.ts';
import type { ScheduleRecord } from '../records.ts';

type Times = Pick<ScheduleRecord, 'expression' | 'timeZone' | 'startAt' | 'endAt' | 'anchorAt'>;

/** The slots of a schedule. Throws on one whose texts were never checked. */
export function timingOf(schedule: Times): Timing {
  const { expression, timeZone: zone = 'UTC', startAt, endAt, anchorAt } = schedule;
  const timing = parseTiming({ expression, zone, startAt, endAt, anchorAt });
  if (!timing) throw new Error(`${expression} is no schedule`);
  return timing;
}

/** Whether a schedule fires at one time only. */
export function isOnce(schedule: Times): boolean {
  return timingOf(schedule).recurrence.kind === 'once';
}

/** What becomes of slots that nobody was there for. */
export type MissedSlots = 'latest' | 'all' | 'none';

interface Late {
  readonly timing: Timing;
  readonly slot: number;
  readonly now: number;
  readonly missed: MissedSlots;
  /** What is older is not fired any more. What happens once is, however late. */
  readonly longestAge: number;
}

/** The slot to fire instead of one that was missed, and where to look for the next; no slot to fire none. */
export function afterMiss({ timing, slot, now, missed, longestAge }: Late): {
  readonly fire?: number;
  readonly from: number;
} {
  if (timing.recurrence.kind === 'once') return { fire: slot, from: slot + 1 };
  if (missed === 'none') return { from: now };
  const latest = latestSlot(timing, slot, now);
  if (missed === 'latest') return { ...(now - latest <= longestAge && { fire: latest }), from: latest + 1 };
  const oldest = slotFrom(timing, Math.max(slot, now - longestAge));
  return oldest === undefined || oldest > now ? { from: now } : { fire: oldest, from: oldest + 1 };
}
