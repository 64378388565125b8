import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import { type CronPattern, translateCron } from './cron.ts';
import { compatibleInstant } from './time-zone.ts';
import { zonedAfter, zonedUntil } from './zoned-cron.ts';

/** When something is to happen, without its bounds. */
type Recurrence =
  | { readonly kind: 'rate'; readonly every: Milliseconds }
  | { readonly kind: 'cron'; readonly pattern: CronPattern; readonly zone: string }
  | { readonly kind: 'once'; readonly at: EpochMilliseconds };

/** The slots of a schedule. */
export interface Timing {
  readonly recurrence: Recurrence;
  /** The first slot of a rate; its others follow from that. */
  readonly anchor: EpochMilliseconds;
  /** No slot is before that, or after this. What happens once has no bounds. */
  readonly startAt: EpochMilliseconds;
  readonly endAt: EpochMilliseconds;
}

interface TimingText {
  readonly expression: string;
  /** A time zone that there is. */
  readonly zone: string;
  /** What a rate begins at unless `startAt` says another time. */
  readonly anchorAt: EpochMilliseconds;
  readonly startAt?: EpochMilliseconds | undefined;
  readonly endAt?: EpochMilliseconds | undefined;
}

/** Reads `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2027-01-01T12:00:00)`; undefined for any other text. */
export function parseTiming({ expression, zone, anchorAt, startAt, endAt }: TimingText): Timing | undefined {
  const recurrence = parseRate(expression) ?? parseCron(expression, zone) ?? parseOnce(expression, zone);
  if (!recurrence) return undefined;
  const [from, to] = recurrence.kind === 'once' ? [undefined, undefined] : [startAt, endAt];
  return {
    recurrence,
    anchor: startAt ?? anchorAt,
    startAt: from ?? Number.NEGATIVE_INFINITY,
    endAt: to ?? Number.POSITIVE_INFINITY,
  };
}

const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** A day is 24 hours, whatever the clocks do. AWS takes `1 minutes` as well as `1 minute`. */
function parseRate(text: string): Recurrence | undefined {
  const [, value, unit] = /^rate\((\d{1,6}) (minute|hour|day)s?\)$/.exec(text) ?? [];
  const every = Number(value) * units[unit as keyof typeof units];
  return value !== undefined && every > 0 ? { kind: 'rate', every } : undefined;
}

function parseCron(text: string, zone: string): Recurrence | undefined {
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  const pattern = fields === undefined ? undefined : translateCron(fields);
  return pattern && { kind: 'cron', pattern, zone };
}

function parseOnce(text: string, zone: string): Recurrence | undefined {
  const [, time] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? [];
  if (time === undefined) return undefined;
  const wall = Date.parse(`${time}Z`);
  // The 31st of June is read as the 1st of July.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== time) return undefined;
  return { kind: 'once', at: compatibleInstant(wall, zone) };
}

/** The first slot that is not before `from`; undefined if there is none any more. */
export function slotFrom(timing: Timing, from: EpochMilliseconds): EpochMilliseconds | undefined {
  const { startAt, endAt } = timing;
  const slot = unboundedFrom(timing, Math.max(from, startAt));
  return slot !== undefined && slot <= endAt ? slot : undefined;
}

function unboundedFrom({ recurrence, anchor }: Timing, from: EpochMilliseconds): EpochMilliseconds | undefined {
  switch (recurrence.kind) {
    case 'rate':
      return anchor + Math.max(0, Math.ceil((from - anchor) / recurrence.every)) * recurrence.every;
    case 'cron':
      return zonedAfter(recurrence.pattern, recurrence.zone, from - 1);
    case 'once':
      return recurrence.at >= from ? recurrence.at : undefined;
  }
}

/** Of the slots from `slot` on that are not after `now` the last; `slot` is one, and is over. */
export function latestSlot(timing: Timing, slot: EpochMilliseconds, now: EpochMilliseconds): EpochMilliseconds {
  const until = Math.min(now, timing.endAt);
  return Math.max(slot, unboundedUntil(timing, until) ?? slot);
}

function unboundedUntil({ recurrence, anchor }: Timing, until: EpochMilliseconds): EpochMilliseconds | undefined {
  switch (recurrence.kind) {
    case 'rate':
      return anchor + Math.floor((until - anchor) / recurrence.every) * recurrence.every;
    case 'cron':
      return zonedUntil(recurrence.pattern, recurrence.zone, until);
    case 'once':
      return undefined;
  }
}
