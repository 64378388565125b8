import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { engineDirectory } from '../layout.ts';
import { runnerElsewhere } from './living-runners.ts';

const installationId = 'i-of-this-test';

/** Something in `directory` that has the command line of a runner, behind these words. Resolves once it runs. */
async function pretend(t: TestContext, directory: string, words: readonly string[]): Promise<ChildProcess> {
  const argument = JSON.stringify({ installationId, dataDirectory: directory });
  const place = join(directory, 'engines/process');
  mkdirSync(place, { recursive: true });
  const program = join(place, 'runner.ts');
  writeFileSync(program, "process.stdin.resume(); console.log('on');");
  const line = [...words, process.execPath, '--max-semi-space-size=1', program, argument];
  const child = spawn(line[0] ?? '', line.slice(1), { cwd: directory, stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.stdin?.end());
  await once(child.stdout ?? child, 'data');
  return child;
}

function directories(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'runners-'));
  t.after(() => rmSync(root, { recursive: true }));
  const [own, other] = [join(root, 'own'), join(root, 'other')];
  for (const each of [engineDirectory(own), other]) mkdirSync(each, { recursive: true });
  return { own, other };
}

test('a runner of the same installation in another directory is found', async (t) => {
  const { own, other } = directories(t);
  const child = await pretend(t, other, []);
  assert.equal(runnerElsewhere(installationId, own)?.pid, child.pid);
  assert.equal(runnerElsewhere('another', own), undefined);
});

const isRoot = process.getuid?.() === 0;
test('what has process ids of its own, as a job has, is no runner, whatever its command line says', {
  skip: isRoot ? false : 'only root makes a namespace of process ids',
}, async (t) => {
  const { own, other } = directories(t);
  // `unshare` itself has our process ids, and the words of what it starts on its command line, as bubblewrap has.
  await pretend(t, other, ['unshare', '--pid', '--fork', '--kill-child']);
  assert.equal(runnerElsewhere(installationId, own), undefined);
});
