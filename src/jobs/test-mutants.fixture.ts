import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { checkHistories } from './histories.fixture.ts';
import type { Mutant } from './mutants.fixture.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
/** The slowest to be found needs some hundreds. */
const mostHistories = 6_000;

/** Declares a test for each mutant, and one for the code as it is. */
export function testMutants(mutants: readonly Mutant[]): void {
  describe('the histories of jobs find', () => {
    let home: string;

    before(async () => {
      home = await mkdtemp(join(tmpdir(), 'batchyard-mutants-'));
      await symlink(modules, join(home, 'node_modules'));
      await writeFile(join(home, 'package.json'), '{"type":"module"}');
    });

    after(() => rm(home, { recursive: true }));

    it('nothing in the code as it is', async () => {
      const check = await checkOf(join(home, 'none'), {
        name: '',
        file: 'jobs/runs.ts',
        find: 'Gathers',
        replace: 'Gathers',
      });
      assert.equal(check({ numRuns: 300, seed: 1 }).failed, false);
    });

    for (const [index, mutant] of mutants.entries()) {
      it(mutant.name, async () => {
        const check = await checkOf(join(home, String(index)), mutant);
        const { failed, numRuns, errorInstance } = check({ numRuns: mostHistories, seed: 1, endOnFailure: true });
        assert.ok(failed, `${numRuns} histories and none that failed`);
        // Code that names what is not there would fail too, and prove nothing.
        assert.ok(!(errorInstance instanceof ReferenceError), String(errorInstance));
      });
    }
  });
}

/** The histories, played on a copy of the code with one mistake in it. */
async function checkOf(directory: string, { file, find, replace }: Mutant): Promise<typeof checkHistories> {
  for (const part of ['core', 'lifecycle', 'scheduler', 'jobs']) {
    await cp(join(source, part), join(directory, part), { recursive: true });
  }
  const path = join(directory, file);
  const text = await readFile(path, 'utf8');
  assert.equal(text.split(find).length, 2, `${file} has not exactly one place to change`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
  const copy = await import(join(directory, 'jobs', 'histories.fixture.ts'));
  return copy.checkHistories;
}
