/**
 * How many times as long as in `npm test` the tests that play with chance go on: TEST_EFFORT of the environment, by default
 * 1. The long tier (`.ci/soak`) sets it.
 */
export const effort = readEffort(process.env.TEST_EFFORT);

/** A count of kills, runs or requests, as large as the tier wants it. */
export function times(count: number): number {
  return Math.ceil(count * effort);
}

function readEffort(text = '1'): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1_000)) throw new RangeError(`TEST_EFFORT must be a number up to 1000, not ${text}`);
  return number;
}
