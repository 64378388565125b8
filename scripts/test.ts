/**
 * Runs the tests: `npm test`, or `npm test -- NAME...` for the files whose path contains a name. Two files at a time,
 * each in its own process and temporary directory; a file that leaves processes behind fails. The last line says
 * `N passed, N failed, N skipped`. With BATCHYARD_REQUIRE_ALL=1 nothing may be skipped; TEST_EFFORT
 * makes tests that play with chance longer, TEST_SEED makes them play as they did with that seed. With
 * BATCHYARD_RERUN_FAILED=1 files that failed run once more, by themselves: what passes then is named as unsteady. A run of all
 * files also fails for every test that docs/coverage.md names as proof and that did not run.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { effort } from '../test/support/effort.ts';
import { longestFirst, readDurations, writeDurations } from './test-run/order.ts';
import { type FileResult, runFile } from './test-run/run-file.ts';
import { runFailedAgain, type UnsteadyTest } from './test-run/unsteady.ts';

const durationsFile = 'test-results/durations.json';
const limitForUnitTests = 300_000;
const limitForWholeServers = 600_000 * Math.max(1, effort);

process.chdir(join(import.meta.dirname, '..'));
const names = process.argv.slice(2);
const requireAll = process.env.BATCHYARD_REQUIRE_ALL === '1';
const durations = readDurations(durationsFile);
const { results, unsteady } = await runWhatFailedAgain(await runAll(longestFirst(chosenFiles(), durations)));
writeDurations(durationsFile, durations, results);
summarize([...results, ...(await checksOfWholeRun())]);

function chosenFiles(): readonly string[] {
  const all = globSync([
    'src/**/*.test.ts',
    'console/**/*.test.ts',
    'test/**/*.test.ts',
    'scripts/**/*.test.ts',
    'bench/**/*.test.ts',
    'examples/**/*.test.ts',
  ]);
  return names.length === 0 ? all : all.filter((file) => names.some((name) => file.includes(name)));
}

async function runAll(files: readonly string[]): Promise<readonly FileResult[]> {
  const waiting = [...files];
  const finished: FileResult[] = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      finished.push(await runAndShow(file));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return finished;
}

async function runAndShow(file: string): Promise<FileResult> {
  const result = await runFile(file, file.startsWith('src/') ? limitForUnitTests : limitForWholeServers);
  show(result);
  return result;
}

function runWhatFailedAgain(first: readonly FileResult[]) {
  if (process.env.BATCHYARD_RERUN_FAILED !== '1') return { results: first, unsteady: [] };
  return runFailedAgain(first, runAndShow);
}

/** What only a run of all files can tell. Loaded when needed: it takes the SDKs. */
async function checksOfWholeRun(): Promise<readonly FileResult[]> {
  if (names.length > 0) return [];
  const { checkNamedTests } = await import('./test-run/named-tests.ts');
  const result = checkNamedTests(results);
  show(result);
  return [result];
}

function show({ file, outcomes, seconds, output }: FileResult): void {
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  const counts = `${outcomes.length} tests, ${seconds.toFixed(1)} s`;
  console.log(`${failed.length === 0 ? '✔' : '✖'} ${file} (${counts})`);
  for (const { name, line, error } of failed) console.log(`  ✖ ${name} (${file}:${line})\n${indent(error)}`);
  if (failed.length > 0 && output !== '') console.log(`  output:\n${indent(output.slice(-10_000))}`);
}

function summarize(all: readonly FileResult[]): void {
  const outcomes = all.flatMap(({ file, outcomes }) => outcomes.map((outcome) => ({ file, ...outcome })));
  const count = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind).length;
  for (const outcome of outcomes) {
    if (outcome.kind === 'failed') console.log(failureWords(outcome));
    if (outcome.kind === 'skipped') console.log(`- skipped: ${outcome.file}: ${outcome.name} (${outcome.reason})`);
  }
  for (const each of unsteady) console.log(`~ unsteady, passed when run again: ${placeWords(each)}`);
  const [passed, skipped] = [count('passed'), count('skipped')];
  const failed = count('failed') + (requireAll ? skipped : 0) + (all.length === 0 ? 1 : 0);
  if (requireAll && skipped > 0) console.log(`${skipped} skipped tests count as failed: BATCHYARD_REQUIRE_ALL is set.`);
  if (all.length === 0) console.log('There is no such test file.');
  console.log(`${passed} passed, ${failed} failed, ${requireAll ? 0 : skipped} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Once more at the end, where a reader of that alone looks for it. */
function failureWords(failure: UnsteadyTest): string {
  return `✖ ${placeWords(failure)}`;
}

function placeWords({ file, name, error }: UnsteadyTest): string {
  return `${file}: ${name}\n${indent(error.slice(0, 2000))}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
