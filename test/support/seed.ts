import { randomInt } from 'node:crypto';

/**
 * What chance begins with in every test that plays with it: TEST_SEED of the environment, so that a run can be played again.
 * `.ci/run` sets it, so that what fails there is the change's fault; undefined means that each test chooses its own.
 */
export const givenSeed = readSeed(process.env.TEST_SEED);

/** The given seed, else another one each time. */
export function chooseSeed(): number {
  return givenSeed ?? randomInt(2 ** 31);
}

function readSeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = Number(text);
  if (!(text !== '' && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31))
    throw new RangeError(`TEST_SEED must be a whole number from 0 to ${2 ** 31 - 1}, not “${text}”`);
  return seed;
}
