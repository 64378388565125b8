import { test } from 'node:test';
import fc from 'fast-check';
import { SystemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { EvaluationPool } from '../../src/evaluation/index.ts';
import { chooseSeed } from '../support/seed.ts';
import { checkResult, evaluationOf } from './evaluation-answers.ts';
import { writtenExpressions } from './expression-grammar.ts';

const seed = chooseSeed();

test('whatever an expression is, it comes to a value, to its error, or is ended', async (context) => {
  context.diagnostic(`TEST_SEED=${seed}`);
  const clock = new SystemClock();
  const pool = new EvaluationPool({ clock, logger: silentLogger, deadline: 500 });
  context.after(async () => {
    await pool.close();
    clock.close();
  });
  await fc.assert(
    fc.asyncProperty(fc.array(writtenExpressions, { minLength: 8, maxLength: 8 }), async (all) => {
      const evaluate = async (each: (typeof all)[number], lane: number) =>
        checkResult(await pool.evaluate(evaluationOf(each), { lane: `lane ${lane}` }), each);
      await Promise.all(all.map(evaluate));
    }),
    // Shrinking would run for hours what has just been cut short.
    { seed, numRuns: 40, endOnFailure: true },
  );
});
