import { UsageError } from './invocation.ts';

/** The whole number that a flag was given. Throws `UsageError` for what is none, or not from `least` to `most`. */
export function wholeNumber(flag: string, given: string, least: number, most = Number.POSITIVE_INFINITY): number {
  const number = Number(given);
  if (given.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`;
  throw new UsageError(`${flag} needs a whole number ${range}`);
}
