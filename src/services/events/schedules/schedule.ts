import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import { type CronPattern, cronAfter, cronUntil, translateCron } from '../../../schedules/index.ts';

/** When a rule fires: in UTC. */
export type Schedule =
  | { readonly kind: 'rate'; readonly every: Milliseconds }
  | { readonly kind: 'cron'; readonly pattern: CronPattern };

const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`; undefined for any other text, and for what never fires. */
export function parseSchedule(text: string): Schedule | undefined {
  const [, value, unit, plural] = /^rate\((\d{1,6}) (minute|hour|day)(s?)\)$/.exec(text) ?? [];
  if (value !== undefined) {
    const count = Number(value);
    const isRight = count > 0 && (plural === 's') === count > 1;
    return isRight ? { kind: 'rate', every: count * units[unit as keyof typeof units] } : undefined;
  }
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  const pattern = fields === undefined ? undefined : translateCron(fields);
  return pattern && { kind: 'cron', pattern };
}

/** The slot after another. */
export function slotAfter(schedule: Schedule, slot: EpochMilliseconds): EpochMilliseconds | undefined {
  return schedule.kind === 'rate' ? slot + schedule.every : cronAfter(schedule.pattern, slot);
}

/** Of slots that are over, from `slot` on, the last. */
export function latestSlot(schedule: Schedule, slot: EpochMilliseconds, now: EpochMilliseconds): EpochMilliseconds {
  if (schedule.kind === 'rate') return slot + Math.max(0, Math.floor((now - slot) / schedule.every)) * schedule.every;
  return Math.max(slot, cronUntil(schedule.pattern, now) ?? slot);
}
