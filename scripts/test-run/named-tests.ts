import { namedTests } from '../coverage/claims.ts';
import { claimedServices } from '../coverage/services.ts';
import type { TestOutcome } from './reporter.ts';
import type { FileResult } from './run-file.ts';

/**
 * What the coverage page claims, checked against a whole run: every test that it names was among the outcomes. One that
 * failed, or was skipped for a reason, is counted where it ran. The answer looks like the result of one more file.
 */
export function checkNamedTests(results: readonly FileResult[]): FileResult {
  const ran = new Set(results.flatMap(({ outcomes }) => outcomes.map(({ name }) => name)));
  const missing = [...namedTests(claimedServices)].filter((name) => !ran.has(name));
  const outcomes: TestOutcome[] = missing.map((name) => ({ kind: 'failed', name, line: 0, error }));
  if (outcomes.length === 0) outcomes.push({ kind: 'passed', name: 'every test that the coverage page names has run' });
  return { file: 'scripts/coverage/claims', outcomes, seconds: 0, output: '' };
}

const error =
  'The coverage page names this test as proof, and no test of this name ran. ' +
  'Name the right one in scripts/coverage/claims, then `npm run fix`.';
