import { parseArgs } from 'node:util';
import { checkHistories } from '../../src/jobs/histories.fixture.ts';

/**
 * Plays random histories of jobs against their naive twin for as long as asked:
 * `node test/soak/jobs.ts --minutes 10 --seed 1`. Ends at the first that fails, with the history made small.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
});
const end = performance.now() + Number(values.minutes) * 60_000;
const batch = 500;
let played = 0;
for (let seed = Number(values.seed); performance.now() < end; seed += 1) {
  const { failed, counterexample, errorInstance } = checkHistories({ numRuns: batch, seed });
  if (failed) {
    process.stdout.write(`seed ${seed} fails:\n${JSON.stringify(counterexample?.[0])}\n`);
    throw errorInstance;
  }
  played += batch;
}
process.stdout.write(`${played} histories, and none that failed\n`);
