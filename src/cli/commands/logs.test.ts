import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { SystemClock } from '../../core/clock.ts';
import { runCommand } from '../invocation.fixture.ts';
import { startTestServer, type TestServer } from '../server.fixture.ts';
import { registerTask } from '../task-definition.fixture.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 8 });
});
after(() => server[Symbol.asyncDispose]());

/** Submits an array of scripts. */
async function submitArray(name: string, size: number, script: string, ...flags: readonly string[]): Promise<string> {
  const array = ['--name', name, '--array', String(size), '--memory', '64', ...flags];
  const { stdout, stderr, exitCode } = await server.command('submit', ...array, '--', 'sh', '-c', script);
  assert.equal(exitCode, 0, stderr);
  return stdout.split('\n')[0] ?? '';
}

test('logs of an array are those of all children by time, each line behind the index of its child', async () => {
  // Each child waits for the one before it: their times are in order.
  const script = 'echo "one $AWS_BATCH_JOB_ARRAY_INDEX"; echo two';
  const id = await submitArray('chain', 3, script, '--sequential', '--wait');
  const { stdout, exitCode } = await server.command('logs', 'chain');
  assert.equal(exitCode, 0);
  assert.equal(stdout, '0 | one 0\n0 | two\n1 | one 1\n1 | two\n2 | one 2\n2 | two\n');
  const lines = (await server.command('logs', id, '--json', '--grep', 'one [12]')).stdout.trim().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)).map(({ timestamp: _at, ...line }) => line),
    [1, 2].map((index) => ({ message: `one ${index}`, index, jobId: `${id}:${index}`, attempt: 1 })),
  );
});

test('lines of a child that is tried again are there before it ends, and --attempt picks', async () => {
  const script = 'echo "$AWS_BATCH_JOB_ARRAY_INDEX try $AWS_BATCH_JOB_ATTEMPT"; exit $((AWS_BATCH_JOB_ATTEMPT == 1))';
  await submitArray('again', 2, script, '--attempts', '2', '--sequential', '--wait');
  assert.equal((await server.command('logs', 'again')).stdout, '0 | 0 try 1\n0 | 0 try 2\n1 | 1 try 1\n1 | 1 try 2\n');
  assert.equal((await server.command('logs', 'again', '--attempt', '2')).stdout, '0 | 0 try 2\n1 | 1 try 2\n');
});

test('logs --follow of an array shows every line once and ends when all children have', async () => {
  const script = 'i=$AWS_BATCH_JOB_ARRAY_INDEX; echo "first $i"; sleep 0.2; echo "last $i"';
  const id = await submitArray('live', 12, script);
  const { stdout, exitCode } = await server.command('logs', '--follow', id);
  assert.equal(exitCode, 0);
  const expected = Array.from({ length: 12 }, (_, index) => {
    const label = String(index).padStart(2);
    return [`${label} | first ${index}`, `${label} | last ${index}`];
  });
  assert.deepEqual(stdout.trimEnd().split('\n').sort(), expected.flat().sort());
  assert.equal((await server.command('logs', '--follow', id)).stdout.trimEnd().split('\n').length, 24);
});

test('submit --follow of an array shows the lines of its children until it ends', async () => {
  const words = [
    '--array',
    '3',
    '--memory',
    '64',
    '--follow',
    '--',
    'sh',
    '-c',
    'echo "hi $AWS_BATCH_JOB_ARRAY_INDEX"',
  ];
  const { stdout, stderr, exitCode } = await server.command('submit', ...words);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(stdout.trimEnd().split('\n').slice(1).sort(), ['0 | hi 0', '1 | hi 1', '2 | hi 2']);
  assert.match(stderr, /^SUCCEEDED sh {2}3 of 3 done$/m);
});

test('--since and --grep choose lines of a single job too; what is no expression or length of time is refused', async () => {
  await server.command('submit', '--name', 'one', '--wait', '--', 'sh', '-c', 'echo apple; echo pear');
  assert.equal((await server.command('logs', 'one', '--grep', '^p', '--since', '1h')).stdout, 'pear\n');
  // A clock an hour ahead, as a request may be for a few minutes only: the line is older than what is asked for.
  const { environment } = server;
  const clock = new SystemClock();
  const late = { ...clock, now: () => clock.now() + 120_000, after: clock.after.bind(clock) } as unknown as SystemClock;
  const { stdout, exitCode, stderr } = await runCommand(['logs', 'one', '--since', '1m'], { environment, clock: late });
  clock.close();
  assert.deepEqual([exitCode, stdout], [0, ''], stderr);
  for (const [flags, words] of [
    [['--grep', '('], /--grep needs a regular expression/],
    [['--since', 'yesterday'], /--since needs a number of seconds or a unit/],
  ] as const) {
    const refused = await server.command('logs', 'one', ...flags);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, words);
  }
});

test('lines of several containers stand behind their names, in logs, in its --follow and in submit --follow', async () => {
  await registerTask(server, 'two', [
    { name: 'web', script: 'echo up; sleep 0.3; echo down' },
    { name: 'db', script: 'echo ready', essential: false },
  ]);
  const followed = await server.command('submit', '--definition', 'two', '--follow');
  assert.equal(followed.exitCode, 0, followed.stderr);
  const [id = '', ...lines] = followed.stdout.trimEnd().split('\n');
  const shown = [lines];
  for (const words of [
    ['logs', id],
    ['logs', '--follow', id],
  ] as const) {
    shown.push((await server.command(...words)).stdout.trimEnd().split('\n'));
  }
  for (const each of shown) {
    assert.deepEqual([...each].sort(), ['db | ready', 'web | down', 'web | up']);
    assert.ok(each.indexOf('web | up') < each.indexOf('web | down'));
  }
});

test('where colours are wanted each child has its own', async () => {
  const id = await submitArray('coloured', 2, 'echo hi', '--wait');
  const clock = new SystemClock();
  const environment = { ...server.environment, FORCE_COLOR: '1' };
  const { stdout } = await runCommand(['logs', id], { environment, clock });
  clock.close();
  const lines = stdout.trimEnd().split('\n').sort();
  assert.deepEqual(lines.map(stripVTControlCharacters).sort(), ['0 | hi', '1 | hi']);
  assert.equal(new Set(lines.map((line) => line.slice(0, 5))).size, 2);
});

test('of a job that ended before it ran, logs names the command that says why', async () => {
  const id = (await server.command('submit', '--queue', 'default', '--name', 'none', '--wait', '--', 'no-such-program'))
    .stdout;
  const { stderr, exitCode } = await server.command('logs', id.trim());
  assert.equal(exitCode, 1);
  assert.equal(stderr, `batchyard: job ${id.trim()} is FAILED and wrote no log: batchyard explain ${id.trim()}\n`);
});
