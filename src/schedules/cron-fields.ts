/** One field of a cron expression: which numbers it may name, and how it calls them. */
export interface CronField {
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const cronFields = {
  minutes: { from: 0, to: 59 },
  hours: { from: 0, to: 23 },
  dayOfMonth: { from: 1, to: 31 },
  month: { from: 1, to: 12, names: months },
  /** From 1, which is Sunday. */
  dayOfWeek: { from: 1, to: 7, names: weekdays },
  year: { from: 1970, to: 2199 },
} as const satisfies Readonly<Record<string, CronField>>;

/** The numbers that a field names, rising; undefined for what is none. Ranges may go round the end: `20-2`. */
export function numbersIn(field: CronField, text: string): readonly number[] | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const found = numbersOf(field, part);
    if (!found) return undefined;
    for (const number of found) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

function numbersOf(field: CronField, part: string): readonly number[] | undefined {
  const [range = '', step, ...rest] = part.split('/');
  const every = step === undefined ? 1 : numeral(step);
  if (rest.length > 0 || every === undefined || every < 1) return undefined;
  const [first, last] = endsOf(field, range, step !== undefined) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const { from, to } = field;
  const size = to - from + 1;
  const count = last >= first ? last - first + 1 : last - first + 1 + size;
  const found: number[] = [];
  for (let offset = 0; offset < count; offset += every) found.push(from + ((first - from + offset) % size));
  return found;
}

/** First and last of a range, of one number, or of all; a number with a step goes on to the end. */
function endsOf(field: CronField, range: string, isStepped: boolean): readonly [number, number] | undefined {
  if (range === '*') return [field.from, field.to];
  const [first = '', last, ...rest] = range.split('-');
  if (rest.length > 0) return undefined;
  const from = numberIn(field, first);
  const to = last === undefined ? (isStepped ? field.to : from) : numberIn(field, last);
  return from === undefined || to === undefined ? undefined : [from, to];
}

/** A number of a field, which may be a name; undefined for what is out of range. */
export function numberIn({ from, to, names }: CronField, text: string): number | undefined {
  const at = names?.indexOf(text.toUpperCase()) ?? -1;
  const number = at >= 0 ? at + from : numeral(text);
  return number !== undefined && number >= from && number <= to ? number : undefined;
}

function numeral(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}
