/**
 * Evaluates expressions by JSONata's grammar for a long time, at a server's own deadline: `node test/soak/expressions.ts
 * --minutes 30 --seed 1`. Ends with 1 at the first that does not come to a value, to its error or to its end, or when memory grows.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { SystemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { EvaluationPool } from '../../src/evaluation/index.ts';
import { checkResult, evaluationOf } from '../fuzz/evaluation-answers.ts';
import { writtenExpressions } from '../fuzz/expression-grammar.ts';

/** Two threads at their limit, and as much again for what the main thread holds. */
const mostMemory = 1_200_000_000;
const batch = 16;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
let seed = Number(values.seed ?? 1);
const clock = new SystemClock();
const pool = new EvaluationPool({ clock, logger: silentLogger });
const until = clock.monotonic() + minutes * 60_000;
const counts: Record<string, number> = {};
console.log(`seed ${seed}, ${minutes} minutes`);
try {
  for (; clock.monotonic() < until; seed += 1) await evaluateBatch(seed);
  console.log(`done: ${JSON.stringify(counts)}, next seed ${seed}`);
} finally {
  await pool.close();
  clock.close();
}

async function evaluateBatch(of: number): Promise<void> {
  const written = fc.sample(writtenExpressions, { seed: of, numRuns: batch });
  await Promise.all(
    written.map(async (each, lane) => {
      const result = await pool.evaluate(evaluationOf(each), { lane: `lane ${lane}` });
      counts[result.kind] = (counts[result.kind] ?? 0) + 1;
      try {
        checkResult(result, each);
      } catch (error) {
        throw new Error(`seed ${of}`, { cause: error });
      }
    }),
  );
  const memory = process.memoryUsage.rss();
  if (memory > mostMemory) throw new Error(`seed ${of}: ${memory} bytes of memory`);
}
