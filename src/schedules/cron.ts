import { Cron } from 'croner';
import type { EpochMilliseconds } from '../core/ids.ts';
import { cronFields, numberIn, numbersIn } from './cron-fields.ts';

/** Translated expressions have croner's seven fields, all in numbers: seconds first. */
export type CronPattern = string & { readonly brand: 'croner' };

/**
 * Translates AWS's six fields: weekdays from 1, ranges that go round, `L`, `W` and `#`. Undefined for what AWS refuses: anything but
 * exactly one `?` in the two fields of days among it.
 */
export function translateCron(text: string): CronPattern | undefined {
  const fields = text.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || !minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year) return undefined;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const translated = [
    '0',
    listOf('minutes', minutes),
    listOf('hours', hours),
    dayOfMonth === '?' ? '*' : dayOfMonthOf(dayOfMonth),
    listOf('month', month),
    dayOfWeek === '?' ? '*' : dayOfWeekOf(dayOfWeek),
    listOf('year', year),
  ];
  return translated.includes(undefined) ? undefined : (translated.join(' ') as CronPattern);
}

/** All numbers are written out, so that croner has no ranges and steps to read in its own way. */
function listOf(name: keyof typeof cronFields, text: string): string | undefined {
  return text === '*' ? '*' : numbersIn(cronFields[name], text)?.join(',');
}

function dayOfMonthOf(text: string): string | undefined {
  const special = text.toUpperCase();
  if (special === 'L' || special === 'LW') return special;
  const [, day] = /^(\d{1,2})W$/.exec(special) ?? [];
  if (day === undefined) return listOf('dayOfMonth', text);
  const number = numberIn(cronFields.dayOfMonth, day);
  return number === undefined ? undefined : `${number}W`;
}

function dayOfWeekOf(text: string): string | undefined {
  const special = text.toUpperCase();
  // The last day of the week.
  if (special === 'L') return '6';
  const [, last] = /^(\w+)L$/.exec(special) ?? [];
  if (last !== undefined) return weekdayOf(last, 'L');
  const [, weekday, nth] = /^(\w+)#([1-5])$/.exec(special) ?? [];
  if (weekday !== undefined && nth !== undefined) return weekdayOf(weekday, `#${nth}`);
  // AWS's weekdays have no steps.
  if (text.includes('/')) return undefined;
  if (text === '*') return '*';
  return numbersIn(cronFields.dayOfWeek, text)
    ?.map((day) => day - 1)
    .join(',');
}

function weekdayOf(text: string, what: string): string | undefined {
  const day = numberIn(cronFields.dayOfWeek, text);
  if (day === undefined) return undefined;
  return what === 'L' ? `${day - 1}#L` : `${day - 1}${what}`;
}

/** One that is compiled takes 80 KB: never one for each schedule. */
const mostCompiled = 256;
const compiled = new Map<CronPattern, Cron>();

function compile(pattern: CronPattern): Cron {
  const known = compiled.get(pattern);
  const cron = known ?? new Cron(pattern, { mode: '7-part', timezone: 'UTC', paused: true });
  // Last is the one that was asked last.
  compiled.delete(pattern);
  compiled.set(pattern, cron);
  const [oldest] = compiled.keys();
  if (compiled.size > mostCompiled && oldest !== undefined) compiled.delete(oldest);
  return cron;
}

/** The first time after `after`; undefined if there is none any more. */
export function cronAfter(pattern: CronPattern, after: EpochMilliseconds): EpochMilliseconds | undefined {
  return compile(pattern).nextRun(new Date(after))?.getTime();
}

/** The last time that is not after `now`. */
export function cronUntil(pattern: CronPattern, now: EpochMilliseconds): EpochMilliseconds | undefined {
  return compile(pattern)
    .previousRuns(1, new Date(now + 1))[0]
    ?.getTime();
}

/** Whether an expression names the minute that begins at a time. */
export function isNamed(pattern: CronPattern, at: EpochMilliseconds): boolean {
  return compile(pattern).match(new Date(at));
}
