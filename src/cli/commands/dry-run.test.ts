import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../server.fixture.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 2 });
});
after(() => server[Symbol.asyncDispose]());

const dryRun = (...words: readonly string[]) => server.command('submit', '--dry-run', ...words);

test('submit --dry-run says where a job would start and what it asks for, and neither submits nor registers anything', async () => {
  const { stdout, exitCode } = await dryRun('--name', 'thought', '--array', '7', '--memory', '64', '--', 'true');
  assert.equal(exitCode, 0);
  assert.deepEqual(stdout.split('\n').slice(0, 6), [
    'thought  is not submitted',
    'status     RUNNABLE, if it were',
    'why        About to start in compute environment default.',
    'asked      1 vCPU, 64 MiB of memory for each of 7 children',
    'where      default: has room',
    'queue      default',
  ]);
  assert.equal((await server.command('jobs', '--json')).stdout.trim(), '[]');
  const { jobDefinition } = JSON.parse((await dryRun('--json', '--', 'true')).stdout);
  const named = await server.command('submit', '--definition', jobDefinition);
  assert.match(named.stderr, /JobDefinition \S+ not found/);
});

test('a command that is refused leaves no definition behind, and is refused in the same words', async () => {
  const refused = await server.command('submit', '--name', 'left', '--queue', 'nobody', '--', 'true');
  assert.deepEqual([refused.exitCode, refused.stdout], [1, '']);
  assert.match(refused.stderr, /JobQueue nobody not found/);
  const { jobDefinition } = JSON.parse((await dryRun('--json', '--name', 'left', '--', 'true')).stdout);
  const named = await server.command('submit', '--definition', jobDefinition);
  assert.match(named.stderr, /JobDefinition \S+ not found/);
});

test('it says what is before it, and ends with 1 where the job could never start or is refused', async () => {
  const { stdout: running } = await server.command('submit', '--vcpus', '2', '--', 'sleep', '60');
  await server.command('submit', '--name', 'head', '--vcpus', '2', '--', 'true');
  const behind = await dryRun('--', 'true');
  assert.match(
    behind.stdout,
    /^why +Waiting in position 2 of 2 in job queue default, behind job [0-9a-f-]+: Waiting for/m,
  );
  assert.equal(behind.exitCode, 0);
  const pending = await dryRun('--depends-on', running.trim(), '--', 'true');
  assert.match(pending.stdout, new RegExp(`^why +Waiting for 1 job\\(s\\) to succeed: ${running.trim()}$`, 'm'));
  const never = await dryRun('--vcpus', '9999', '--', 'true');
  assert.match(
    never.stdout,
    /^why .* It never starts \(default: maxvCpus 256, 9999 needed\): ask for less, or raise maxvCpus\.$/m,
  );
  assert.equal(never.exitCode, 1);
  const refused = await dryRun('--queue', 'nobody', '--', 'true');
  assert.deepEqual([refused.exitCode, refused.stdout], [1, '']);
  assert.match(refused.stderr, /JobQueue nobody not found/);
  const both = await dryRun('--wait', '--', 'true');
  assert.deepEqual([both.exitCode, /submits nothing/.test(both.stderr)], [2, true]);
  for (const job of ['head', 'sleep']) await server.command('cancel', '--terminate', job);
});
