import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../server.fixture.ts';
import { registerTask } from '../task-definition.fixture.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 8 });
});
after(() => server[Symbol.asyncDispose]());

/** Runs a command line to the end of its job; answers the job's id. */
async function waited(...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await server.command(...words);
  const [id = ''] = stdout.split('\n');
  assert.match(id, /^[0-9a-f-]{36}$/, stderr);
  return id;
}

const jobOf = async (id: string) => JSON.parse((await server.command('explain', id, '--json')).stdout).job;
const linesOf = async (id: string) => (await server.command('logs', id)).stdout.trimEnd().split('\n').sort();

const tell = 'echo "$AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE"';

test('rerun --failed of an array runs the failed children, which are told the indexes that they had, again and again', async () => {
  const script = `${tell}; case $AWS_BATCH_JOB_ARRAY_INDEX in 1|4|7) exit 3;; esac`;
  const array = ['--name', 'some', '--array', '9', '--memory', '64', '--tag', 'team=red', '--wait'];
  const first = await waited('submit', ...array, '--', 'sh', '-c', script);
  const second = await waited('rerun', 'some', '--failed', '--wait');
  assert.deepEqual(await linesOf(second), ['0 | 1 of 9', '1 | 4 of 9', '2 | 7 of 9']);
  const job = await jobOf(second);
  assert.deepEqual([job.jobName, job.arrayProperties.size], ['some', 3]);
  assert.deepEqual(job.tags, { team: 'red', 'batchyard:rerun-of': first });
  const { stderr } = await server.command('logs', second);
  assert.equal(stderr, 'batchyard: children 0-2 run as 1, 4, 7 of 9 in the array that this one runs again.\n');
  const failures = await server.command('failures', second, '--lines', '0');
  assert.match(failures.stdout, /^ {2}children 0-2, which run as 1, 4, 7 of 9$/m);
  const { groups } = JSON.parse((await server.command('failures', second, '--json', '--lines', '0')).stdout);
  assert.deepEqual(groups[0].originals, { size: 9, indexes: [1, 4, 7] });
  // Of the rerun's children, too, those of the first array run again.
  const third = await waited('rerun', `${second}:1`, '--failed', '--wait');
  assert.deepEqual(await linesOf(third), ['4 of 9']);
  const { stdout } = await server.command('explain', third);
  assert.match(stdout, new RegExp(`^note +runs ${second}:1 again, as child 4 of 9$`, 'm'));
  assert.match(
    (await server.command('explain', `${second}:2`)).stdout,
    new RegExp(`^note +runs ${first} again, as child 7 of 9$`, 'm'),
  );
  assert.match(
    (await server.command('explain', second)).stdout,
    new RegExp(`^note +runs ${first} again: 3 of its children, by their own indexes$`, 'm'),
  );
});

test('where one child has failed it runs again as a job of its own; where none has, that is said', async () => {
  const script = `${tell}; exit $((AWS_BATCH_JOB_ARRAY_INDEX == 2))`;
  const first = await waited('submit', '--array', '3', '--memory', '64', '--wait', '--', 'sh', '-c', script);
  const second = await waited('rerun', first, '--failed', '--wait');
  assert.deepEqual(await linesOf(second), ['2 of 3']);
  assert.equal((await jobOf(second)).arrayProperties, undefined);
  const good = await waited('submit', '--array', '2', '--memory', '64', '--wait', '--', 'true');
  const none = await server.command('rerun', good, '--failed');
  assert.deepEqual([none.exitCode, none.stdout], [1, '']);
  assert.match(none.stderr, new RegExp(`No child of array job ${good} has failed\\.`));
  const fine = await server.command('rerun', `${good}:0`, '--failed');
  assert.match(fine.stderr, new RegExp(`Job ${good}:0 has not failed: it is SUCCEEDED\\.`));
  const whole = await waited('rerun', good, '--wait');
  assert.equal((await jobOf(whole)).arrayProperties.size, 2);
});

test('a rerun asks for what it is given and else for what the job asked, and waits for none of the jobs before it', async () => {
  const base = await waited('submit', '--name', 'base', '--wait', '--', 'sh', '-c', 'exit 1');
  const words = ['--name', 'next', '--memory', '64', '--vcpus', '1', '--attempts', '3', '--timeout', '90'];
  const definition = (await jobOf(base)).jobDefinition;
  const submitted = [...words, '--definition', definition, '--env', 'WHO=me', '--depends-on', base, '--wait'];
  const first = await waited('submit', ...submitted, '--', 'sh', '-c', 'echo $WHO');
  assert.equal((await jobOf(first)).statusReason, 'Dependent Job failed');
  const second = await waited('rerun', first, '--memory', '128MiB', '--attempts', '2', '--wait');
  const job = await jobOf(second);
  assert.deepEqual(await linesOf(second), ['me']);
  assert.deepEqual(job.dependsOn, []);
  assert.deepEqual([job.retryStrategy.attempts, job.timeout.attemptDurationSeconds], [2, 90]);
  assert.deepEqual(job.container.resourceRequirements, [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '128' },
  ]);
  const third = await waited('rerun', second, '--depends-on', first, '--timeout', '2m', '--vcpus', '2', '--wait');
  const again = await jobOf(third);
  assert.deepEqual([again.dependsOn, again.timeout.attemptDurationSeconds], [[{ jobId: first }], 120]);
});

test('children of a sequential array run again in their order', async () => {
  const script = 'exit 1';
  const first = await waited(
    'submit',
    '--array',
    '3',
    '--sequential',
    '--memory',
    '64',
    '--wait',
    '--',
    'sh',
    '-c',
    script,
  );
  const second = await waited('rerun', first, '--failed', '--wait');
  assert.deepEqual((await jobOf(second)).dependsOn, [{ type: 'SEQUENTIAL' }]);
});

test('resources of the only container of a task are replaced; of several the rerun is refused', async () => {
  await registerTask(server, 'alone', [{ name: 'main', script: 'exit 1' }]);
  await registerTask(server, 'pair', [
    { name: 'main', script: 'exit 1' },
    { name: 'side', script: 'true' },
  ]);
  const alone = await waited('submit', '--definition', 'alone', '--wait');
  const again = await jobOf(await waited('rerun', alone, '--memory', '128', '--wait'));
  assert.deepEqual(again.ecsProperties.taskProperties[0].containers[0].resourceRequirements, [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '128' },
  ]);
  const pair = await waited('submit', '--definition', 'pair', '--wait');
  const refused = await server.command('rerun', pair, '--memory', '128');
  assert.match(refused.stderr, /has several containers: their resources stay as they were/);
  await waited('rerun', pair, '--wait');
});

test('what cannot be is refused in words', async () => {
  const nobody = await server.command('rerun', '00000000-0000-7000-8000-000000000000');
  assert.match(nobody.stderr, /there is no job 00000000-0000-7000-8000-000000000000$/m);
  const half = await server.command('rerun', 'x', '--attempts', '1.5');
  assert.deepEqual([half.exitCode, /--attempts needs a whole number/.test(half.stderr)], [2, true]);
});
