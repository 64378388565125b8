import type { TestOutcome } from './reporter.ts';
import type { FileResult } from './run-file.ts';

/** A test that failed, and passed when its file ran again by itself: a defect of it, or of what it tests, that is still to be found. */
export interface UnsteadyTest {
  readonly file: string;
  readonly name: string;
  readonly error: string;
}

export interface SecondRun {
  /** With those of the second run in place of what failed before. */
  readonly results: readonly FileResult[];
  readonly unsteady: readonly UnsteadyTest[];
}

/** Files. When more fail, it is not chance that failed them. */
const mostRunAgain = 3;

/** Runs the files that failed once more, one after the other. What fails again has failed; nothing that failed is left untold. */
export async function runFailedAgain(
  first: readonly FileResult[],
  run: (file: string) => Promise<FileResult>,
): Promise<SecondRun> {
  const failed = first.filter(({ outcomes }) => outcomes.some(isFailure));
  if (failed.length > mostRunAgain) return { results: first, unsteady: [] };
  const second = new Map<string, FileResult>();
  for (const { file } of failed) second.set(file, await run(file));
  const passed = failed.filter(({ file }) => !second.get(file)?.outcomes.some(isFailure));
  const unsteady = passed.flatMap(({ file, outcomes }) =>
    outcomes.filter(isFailure).map(({ name, error }) => ({ file, name, error })),
  );
  return { results: first.map((result) => second.get(result.file) ?? result), unsteady };
}

function isFailure(outcome: TestOutcome): outcome is Extract<TestOutcome, { kind: 'failed' }> {
  return outcome.kind === 'failed';
}
