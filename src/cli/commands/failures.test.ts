import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../server.fixture.ts';
import { registerTask } from '../task-definition.fixture.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 8 });
});
after(() => server[Symbol.asyncDispose]());

/** An array whose children each do what the script says, after its end. */
async function runArray(name: string, size: number, script: string): Promise<string> {
  const words = ['--name', name, '--array', String(size), '--memory', '64', '--wait', '--', 'sh', '-c', script];
  const [id = ''] = (await server.command('submit', ...words)).stdout.split('\n');
  return id;
}

test('failed children are grouped by exit code and reason, the largest group first, with what one of each wrote last', async () => {
  const script = `i=$AWS_BATCH_JOB_ARRAY_INDEX; echo begin; echo "bad $i"; case $i in 0|1|2|5) exit 3;; 4) exit 9;; esac`;
  const id = await runArray('mixed', 6, script);
  const { stdout, exitCode } = await server.command('failures', 'mixed', '--lines', '1');
  assert.equal(exitCode, 0);
  assert.deepEqual(stdout.split('\n'), [
    `mixed  ${id}  5 of 6 children failed`,
    '',
    '4 × exit code 3, Essential container in task exited',
    '  children 0-2, 5',
    `  ${id}:0, attempt 1, wrote last:`,
    '    bad 0',
    '',
    '1 × exit code 9, Essential container in task exited',
    '  child 4',
    `  ${id}:4, attempt 1, wrote last:`,
    '    bad 4',
    '',
  ]);
  const limited = await server.command('failures', id, '--lines', '0', '--limit', '1');
  assert.match(limited.stdout, /^1 child failed in 1 other way: see --limit$/m);
  assert.doesNotMatch(limited.stdout, /wrote|exit code 9/);
});

test('as JSON there are counts, ranges and the lines of the example', async () => {
  const id = await runArray('json', 3, 'echo one; echo two; exit $((AWS_BATCH_JOB_ARRAY_INDEX + 1 - 1))');
  const { groups, ...rest } = JSON.parse((await server.command('failures', id, '--json', '--limit', '1')).stdout);
  assert.deepEqual(rest, {
    jobId: id,
    jobName: 'json',
    status: 'FAILED',
    of: 'child',
    total: 3,
    failed: 2,
    unfinished: 0,
    groupCount: 2,
  });
  assert.deepEqual(groups, [
    {
      count: 1,
      exitCode: 1,
      statusReason: 'Essential container in task exited',
      ranges: [[1, 1]],
      example: { jobId: `${id}:1`, attempt: 1, lines: ['one', 'two'] },
    },
  ]);
});

test('of a job it is its attempts that failed, each with its own lines; of one that never ran only the reason', async () => {
  const script = 'echo attempt $AWS_BATCH_JOB_ATTEMPT; exit $AWS_BATCH_JOB_ATTEMPT';
  const words = ['--name', 'tried', '--attempts', '2', '--wait', '--', 'sh', '-c', script];
  const [id = ''] = (await server.command('submit', ...words)).stdout.split('\n');
  const { stdout } = await server.command('failures', 'tried');
  assert.match(stdout, /^tried {2}\S+ {2}2 of 2 attempts failed$/m);
  for (const attempt of [1, 2]) {
    const lines = [
      `1 × exit code ${attempt}, Essential container in task exited`,
      `  attempt ${attempt}`,
      `  ${id}, attempt ${attempt}, wrote last:`,
      `    attempt ${attempt}`,
    ];
    assert.ok(stdout.includes(lines.join('\n')), stdout);
  }
  await server.command('submit', '--name', 'unfit', '--wait', '--depends-on', id, '--', 'true');
  const { stdout: unfit } = await server.command('failures', 'unfit');
  assert.match(unfit, /^unfit {2}\S+ {2}failed before its first attempt\n\n1 × Dependent Job failed\n$/);
});

test('explain of an array counts its children, and names the command that groups those that failed', async () => {
  const script = 'exit $AWS_BATCH_JOB_ARRAY_INDEX';
  const words = ['--name', 'halves', '--array', '2', '--memory', '64', '--wait', '--', 'sh', '-c', script];
  const [id = ''] = (await server.command('submit', ...words)).stdout.split('\n');
  const line = `^children +2 of 2 done, 1 failed: batchyard failures ${id} groups them$`;
  assert.match((await server.command('explain', 'halves')).stdout, new RegExp(line, 'm'));
  assert.doesNotMatch((await server.command('explain', `${id}:1`)).stdout, /^children/m);
});

test('of several containers the one that failed is named and shown, not one that was stopped with it', async () => {
  await registerTask(server, 'pair', [
    { name: 'sidecar', script: 'echo sidecar; exec sleep 60' },
    { name: 'main', script: 'echo main $AWS_BATCH_JOB_ARRAY_INDEX; exit 4' },
  ]);
  const single = await server.command('submit', '--definition', 'pair', '--wait');
  assert.match(single.stderr, /^FAILED {4}pair {2}after \d+s, exit code 4 of main, /m);
  const words = ['--definition', 'pair', '--array', '2', '--wait'];
  const [id = ''] = (await server.command('submit', ...words)).stdout.split('\n');
  const { stdout } = await server.command('failures', id);
  assert.match(stdout, /^2 × main, exit code 4, /m);
  assert.ok(stdout.endsWith(`  children 0-1\n  ${id}:0, attempt 1, wrote last:\n    main 0\n`), stdout);
  const { stdout: explained } = await server.command('explain', `${id}:1`);
  assert.match(explained, /^asked +2 vCPUs, 128 MiB of memory$/m);
  assert.match(explained, /^attempt 1 +main, exit code 4, after /m);
});

test('a job without failures says so, and numbers that make no sense are refused', async () => {
  await server.command('submit', '--name', 'fine', '--wait', '--', 'true');
  assert.match((await server.command('failures', 'fine')).stdout, /^fine {2}\S+ {2}0 of 1 attempt failed\n$/);
  for (const flags of [
    ['--lines', '-1'],
    ['--lines', 'x'],
    ['--limit', '0'],
    ['--lines', '1001'],
  ]) {
    const refused = await server.command('failures', 'fine', ...flags);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, new RegExp(`${flags[0]} needs a whole number`));
  }
});
