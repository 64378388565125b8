import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { SpawnedCommand } from '../spawned.fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batchyard-run-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function run(words: readonly string[], variables?: NodeJS.ProcessEnv) {
  const command = new SpawnedCommand(['run', ...words], directory, variables);
  return { exitCode: await command.ended(), stdout: command.stdout, stderr: command.stderr };
}

test('run runs a script of the working directory, which it may write to, and ends with its exit code', async () => {
  writeFileSync(join(directory, 'render.sh'), '#!/bin/sh\necho "frame $1"\necho done >"out $1"\nexit 7\n', {
    mode: 0o755,
  });
  const { exitCode, stdout, stderr } = await run(['--', './render.sh', '42']);
  assert.deepEqual([exitCode, stdout], [7, 'frame 42\n'], stderr);
  assert.equal(readFileSync(join(directory, 'out 42'), 'utf8'), 'done\n');
  assert.match(stderr, /FAILED +render-sh .*exit code 7/);
});

test('the words of the command reach it as they are', async () => {
  const words = ['a b', '$HOME', "it's", '--vcpus', 'x\ny', ''];
  const { stdout } = await run(['--', 'printf', '<%s>', ...words]);
  assert.equal(stdout, `${words.map((word) => `<${word}>`).join('')}\n`);
});

test('only named variables of the caller reach the job', async () => {
  const { stdout } = await run(
    ['--env', 'GIVEN=1', '--env', 'PASSED', '--', 'sh', '-c', 'echo $GIVEN $PASSED $SECRET.'],
    {
      PASSED: '2',
      SECRET: '3',
    },
  );
  assert.equal(stdout, '1 2 .\n');
});

test('a variable that was to be passed on and is not set is told', async () => {
  const { exitCode, stderr } = await run(['--env', 'GIVEN=1', '--env', 'UNSET', '--', 'true']);
  assert.equal(exitCode, 0);
  assert.match(stderr, /^batchyard: --env UNSET: no such variable is set here/);
  assert.doesNotMatch(stderr, /GIVEN|LANG/);
});

test('a job that a signal ends gives 128 and its number', async () => {
  assert.equal((await run(['--', 'sh', '-c', 'kill -KILL $$'])).exitCode, 137);
});

test('failed attempts are retried', async () => {
  const script = 'echo $AWS_BATCH_JOB_ATTEMPT; [ $AWS_BATCH_JOB_ATTEMPT = 3 ]';
  const { exitCode, stdout } = await run(['--attempts', '3', '--', 'sh', '-c', script]);
  assert.deepEqual([exitCode, stdout], [0, '1\n2\n3\n']);
});

test('Ctrl-C terminates the job, which may clean up, and run ends with 130', async () => {
  const script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done";
  const command = new SpawnedCommand(['run', '--', 'sh', '-c', script], directory);
  await command.shows('stdout', /^up$/m);
  command.kill('SIGINT');
  assert.equal(await command.ended(), 130);
  assert.match(command.stdout, /^bye$/m);
});

test('a command that does not exist says so', async () => {
  const { exitCode, stdout } = await run(['--', './absent']);
  assert.equal(exitCode, 127);
  assert.match(stdout, /^batchyard: .*absent.*not found/);
});
