import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { runCommand } from '../invocation.fixture.ts';
import { startTestServer, type TestServer } from '../server.fixture.ts';

let server: TestServer;
let directory = '';
/** For command lines with a world of their own: signatures need the time. */
const timed = { clock: new SystemClock() };
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'batchyard-commands-'));
  // The jobs of a server that is root are another user's, and must get through.
  chmodSync(directory, 0o777);
  server = await startTestServer({ 'host.vcpus': 4, hostPaths: [directory] });
});
after(async () => {
  timed.clock.close();
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** Submits a command without waiting for it. */
async function submit(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await server.command('submit', ...words);
  assert.equal(exitCode, 0, stderr);
  return stdout.trim();
}

test('submit --follow shows states and lines, and fails when the job does', async () => {
  const good = await server.command('submit', '--follow', '--', 'sh', '-c', 'echo one; echo two');
  assert.equal(good.exitCode, 0);
  assert.deepEqual(good.stdout.split('\n').slice(1), ['one', 'two', '']);
  assert.match(good.stderr, /SUCCEEDED\s+sh/);
  const bad = await server.command('submit', '--wait', '--name', 'bad', '--', 'sh', '-c', 'exit 3');
  assert.equal(bad.exitCode, 1);
  assert.match(bad.stderr, /FAILED\s+bad\s.*exit code 3/);
});

test('submit --json tells each event as one JSON object', async () => {
  const { stdout } = await server.command('submit', '--follow', '--json', '--', 'echo', 'hello');
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(events.at(0).event, 'submitted');
  assert.equal(events.find(({ event }) => event === 'log').message, 'hello');
  assert.deepEqual([events.at(-1).event, events.at(-1).status, events.at(-1).exitCode], ['ended', 'SUCCEEDED', 0]);
});

test('a command without a program, and a name that Batch refuses, are refused with words before anything is sent', async () => {
  for (const command of ['submit', 'run']) {
    const empty = await server.command(command, '--', '', 'x');
    assert.deepEqual([empty.exitCode, empty.stdout], [2, '']);
    assert.match(empty.stderr, /^batchyard: the command begins with an empty word: .*\n$/);
    const named = await server.command(command, '--name', 'a b', '--', 'true');
    assert.deepEqual([named.exitCode, named.stdout], [2, '']);
    assert.match(named.stderr, /^batchyard: --name needs 1 to 128 letters, .*, not "a b"\n$/);
  }
});

test('the same command twice shares one definition', async () => {
  const ids = [await submit('--', 'echo', 'again'), await submit('--', 'echo', 'again')];
  const explained = await Promise.all(ids.map((id) => server.command('explain', id, '--json')));
  const [first, second] = explained.map(({ stdout }) => JSON.parse(stdout).job.jobDefinition);
  assert.match(first, /:1$/);
  assert.equal(second, first);
});

test('a definition can be submitted by name, with overrides', async () => {
  const id = await submit('--name', 'origin', '--', 'echo', 'origin');
  const { jobDefinition } = JSON.parse((await server.command('explain', id, '--json')).stdout).job;
  const words = ['--definition', jobDefinition, '--env', 'WHO=me', '--memory', '64', '--follow', '--name', 'override'];
  const { stdout } = await server.command('submit', ...words, '--', 'sh', '-c', 'echo $WHO');
  assert.equal(stdout.split('\n')[1], 'me');
});

test('jobs lists the newest first, as a table and as JSON, and filters', async () => {
  await server.command('submit', '--wait', '--name', 'listed-a', '--', 'true');
  await server.command('submit', '--wait', '--name', 'listed-b', '--', 'false');
  const table = await server.command('jobs', '--name', 'listed-*');
  const [head = '', ...rows] = table.stdout.trim().split('\n');
  assert.match(head, /^JOB ID +NAME +QUEUE +STATUS +EXIT/);
  assert.deepEqual(
    rows.map((row) => row.split(/\s+/).slice(1, 5)),
    [
      ['listed-b', 'default', 'FAILED', '1'],
      ['listed-a', 'default', 'SUCCEEDED', '0'],
    ],
  );
  const failed = JSON.parse(
    (await server.command('jobs', '--name', 'listed-*', '--status', 'failed', '--json')).stdout,
  );
  assert.deepEqual(
    failed.map(({ jobName }: { jobName: string }) => jobName),
    ['listed-b'],
  );
  assert.equal((await server.command('jobs', '--limit', '1', '--json')).stdout.match(/jobId/g)?.length, 1);
});

test('logs takes a name for the newest job, all attempts or one', async () => {
  const script = 'echo attempt $AWS_BATCH_JOB_ATTEMPT; exit 1';
  await server.command('submit', '--wait', '--attempts', '2', '--name', 'chatty', '--', 'sh', '-c', script);
  assert.equal((await server.command('logs', 'chatty')).stdout, 'attempt 1\nattempt 2\n');
  assert.equal((await server.command('logs', 'chatty', '--attempt', '2')).stdout, 'attempt 2\n');
  assert.match(
    (await server.command('logs', 'chatty', '--timestamps')).stdout,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z attempt 1\n/,
  );
  const third = await server.command('logs', 'chatty', '--attempt', '3');
  assert.deepEqual([third.exitCode, third.stdout], [1, '']);
  assert.match(third.stderr, /has 2 attempts: there is no attempt 3/);
  const nobody = await server.command('logs', '');
  assert.deepEqual([nobody.exitCode, nobody.stdout], [2, '']);
  assert.match(nobody.stderr, /name a job: its id, or its name/);
  const absent = await server.command('logs', 'absent');
  assert.deepEqual([absent.exitCode, absent.stdout], [1, '']);
  assert.match(absent.stderr, /there is no job with the id or name absent/);
});

test('logs --follow goes on until the job ends', async () => {
  const id = await submit('--name', 'followed', '--', 'sh', '-c', 'echo first; sleep 0.3; echo last');
  assert.equal((await server.command('logs', '-f', id)).stdout, 'first\nlast\n');
});

test('explain says why a job waits, and cancel ends the waiting', async () => {
  const id = await submit('--name', 'waiting', '--depends-on', await submit('--', 'sleep', '60'), '--', 'true');
  const { stdout } = await server.command('explain', 'waiting');
  assert.match(stdout, /^waiting {2}[0-9a-f-]{36}$/m);
  assert.match(stdout, /^status +PENDING, submitted/m);
  assert.match(stdout, /^asked +1 vCPU, 2 GiB of memory$/m);
  assert.match((await server.command('cancel', 'waiting')).stdout, /is cancelled, and ends when the jobs it waits for/);
  assert.match((await server.command('explain', 'waiting')).stdout, /^why .* Cancelled: it ends when the jobs/m);
  await server.command('cancel', '--terminate', 'sleep');
  const ended = await server.command('logs', '-f', id);
  assert.equal(ended.exitCode, 0);
  assert.match((await server.command('explain', id)).stdout, /^status +FAILED/m);
});

test('explain says when a job is expected to start, as an estimate, or why nobody can tell', async () => {
  const timed = await submit('--name', 'timed', '--timeout', '7200', '--', 'sleep', '61');
  await submit('--name', 'expected', '--depends-on', timed, '--', 'true');
  const { stdout } = await server.command('explain', 'expected');
  assert.match(
    stdout,
    /^start +about \S.* UTC, in (1h 59m|2h 0m) \(estimate: attempts before it: 1 until the timeout; /m,
  );
  const { start } = JSON.parse((await server.command('explain', 'expected', '--json')).stdout);
  assert.deepEqual([start.kind, start.assumed], ['estimated', { history: 0, timeout: 1, nowhere: 0 }]);
  const endless = await submit('--name', 'endless', '--', 'sleep', '62');
  await submit('--name', 'unexpected', '--depends-on', endless, '--', 'true');
  assert.match(
    (await server.command('explain', 'unexpected')).stdout,
    /^start +nobody can tell \(estimate: no finished run of \S+ tells how long it takes, and it has no timeout\)$/m,
  );
  for (const job of ['timed', 'endless']) await server.command('cancel', '--terminate', job);
});

test('a job that can never start is told of when it is submitted, and so is one behind it', async () => {
  const huge = await server.command('submit', '--name', 'huge', '--vcpus', '9999', '--', 'true');
  assert.equal(huge.exitCode, 0);
  const id = huge.stdout.trim();
  const remedy = 'It never starts (default: maxvCpus 256, 9999 needed): cancel it, or raise maxvCpus.';
  assert.equal(huge.stderr, `batchyard: ${id} waits: batchyard explain says why. ${remedy}\n`);
  const { stdout } = await server.command('explain', 'huge');
  assert.ok(/^why +MISCONFIGURATION:.*$/m.exec(stdout)?.[0].endsWith(remedy), stdout);
  assert.doesNotMatch(stdout, /^start/m);
  assert.match(stdout, /^asked +9999 vCPUs/m);
  const behind = await server.command('submit', '--name', 'behind', '--', 'true');
  assert.match(behind.stderr, new RegExp(`That job never starts .*: cancel ${id}, or raise maxvCpus`));
  await server.command('cancel', id);
  assert.equal((await server.command('logs', '-f', behind.stdout.trim())).exitCode, 0);
  assert.equal((await server.command('submit', '--', 'true')).stderr, '');
});

test('explain of a job that failed with one before it names that one and how it failed', async () => {
  const first = await submit('--name', 'first-of-two', '--', 'sh', '-c', 'exit 7');
  const second = await server.command('submit', '--name', 'second', '--wait', '--depends-on', first, '--', 'true');
  assert.equal(second.exitCode, 1);
  const { stdout } = await server.command('explain', 'second');
  const how = 'exit code 7, Essential container in task exited';
  assert.match(
    stdout,
    new RegExp(`^why +Dependent Job failed\ndependency +first-of-two +${first} +FAILED: ${how}$`, 'm'),
  );
  const { failedDependencies } = JSON.parse((await server.command('explain', 'second', '--json')).stdout);
  assert.deepEqual(
    failedDependencies.map(({ jobId }: { jobId: string }) => jobId),
    [first],
  );
});

test('a job that fails when it is submitted, since one before it has, is told of as such', async () => {
  const lost = await submit('--name', 'lost', '--wait', '--', 'false').catch(() => 'lost');
  const late = await server.command('submit', '--depends-on', lost, '--', 'true');
  const words = `batchyard: ${late.stdout.trim()} is FAILED, and never runs: Dependent Job failed\n`;
  assert.deepEqual([late.exitCode, late.stderr], [0, words]);
  const array = await server.command('submit', '--array', '2', '--depends-on', lost, '--', 'true');
  assert.match(array.stderr, /is FAILED, and never runs: Dependent Job failed/);
  const watched = await server.command('submit', '--depends-on', lost, '--wait', '--', 'true');
  assert.doesNotMatch(watched.stderr, /never runs/, 'the watch says so itself');
});

test('explain of an array that has ended says when, and nothing twice', async () => {
  const { stdout } = await server.command('submit', '--array', '2', '--wait', '--', 'true');
  const explained = (await server.command('explain', stdout.trim())).stdout;
  assert.match(explained, /^status +SUCCEEDED, ended \S+ ago, \S+ after it was submitted$/m);
  assert.doesNotMatch(explained, /^why/m);
});

test('explain of a child of a sequential array names the child before it', async () => {
  const script = 'exit $((AWS_BATCH_JOB_ARRAY_INDEX == 1))';
  const words = ['--array', '3', '--sequential', '--name', 'chain', '--wait', '--', 'sh', '-c', script];
  const [id] = (await server.command('submit', ...words)).stdout.split('\n');
  const { stdout } = await server.command('explain', `${id}:2`);
  assert.match(stdout, new RegExp(`^dependency +chain +${id}:1 +FAILED: exit code 1,`, 'm'));
});

test('explain says in what a job was held to less than it asked, also when it has ended', async () => {
  const { stdout } = await server.command('submit', '--vcpus', '200', '--wait', '--', 'true');
  const explained = (await server.command('explain', stdout.trim())).stdout;
  assert.match(explained, /^status +SUCCEEDED/m);
  assert.match(explained, /^note +asked 200 vCPUs, limited to \d+$/m);
});

test('explain tells of the isolation of a job that failed; of another when asked', async () => {
  const good = await server.command('submit', '--wait', '--', 'true');
  const bad = await server.command('submit', '--wait', '--', 'false');
  const noted = async (id: string, ...flags: readonly string[]) =>
    /^note +\S/m.test((await server.command('explain', id.trim(), ...flags)).stdout);
  assert.deepEqual(
    [await noted(good.stdout), await noted(good.stdout, '--verbose'), await noted(bad.stdout)],
    [false, true, true],
  );
  const { engineNotes } = JSON.parse((await server.command('explain', good.stdout.trim(), '--json')).stdout);
  assert.notEqual(engineNotes.length, 0);
});

test('where no server answers, the command that starts the one which was meant is named', async () => {
  const { clock } = timed;
  const made = await runCommand(['env', '--data', 'gone'], { directory, clock });
  assert.equal(made.exitCode, 0);
  const said = async (...words: readonly string[]) =>
    (await runCommand(['jobs', ...words], { directory, clock })).stderr;
  const start = `batchyard start --data ${join(directory, 'gone')}`;
  const record = { formatVersion: 1, port: 1, bind: '127.0.0.1', region: 'us-east-1' };
  writeFileSync(join(directory, 'gone', 'server.json'), JSON.stringify(record));
  assert.ok(
    (await said('--data', 'gone')).includes(
      `; start one with \`batchyard start --port 1 --data ${join(directory, 'gone')}\`,`,
    ),
  );
  rmSync(join(directory, 'gone', 'server.json'));
  const environment = { BATCHYARD_PORT: '1' };
  const { stderr } = await runCommand(['jobs', '--data', 'gone'], { directory, clock, environment });
  assert.ok(stderr.includes(`; start its server with \`${start}\` (and the --port that it had), or name`), stderr);
});

test('a job may depend on the newest of a name', async () => {
  const id = await submit('--name', 'named', '--', 'true');
  const next = await submit('--depends-on', 'named', '--', 'true');
  const { job } = JSON.parse((await server.command('explain', next, '--json')).stdout);
  assert.deepEqual(job.dependsOn, [{ jobId: id }]);
  const absent = await server.command('submit', '--depends-on', 'nobody', '--', 'true');
  assert.match(absent.stderr, /there is no job with the id or name nobody/);
});

test('submit --array makes an array, whose children may wait for each other and for those of another', async () => {
  const script = ['--', 'sh', '-c', 'echo $AWS_BATCH_JOB_ARRAY_INDEX; exit $((AWS_BATCH_JOB_ARRAY_INDEX == 2))'];
  const waited = await server.command('submit', '--name', 'some', '--array', '3', '--wait', ...script);
  assert.equal(waited.exitCode, 1);
  assert.match(waited.stderr, /^FAILED {4}some {2}3 of 3 done, 1 failed, Array Child Job failed$/m);
  const paired = await server.command(
    'submit',
    '--array',
    '3',
    '--depends-on',
    'some',
    '--n-to-n',
    '--sequential',
    ...script,
  );
  const { job } = JSON.parse((await server.command('explain', paired.stdout.trim(), '--json')).stdout);
  const [id] = waited.stdout.split('\n');
  assert.deepEqual(job.dependsOn, [{ jobId: id, type: 'N_TO_N' }, { type: 'SEQUENTIAL' }]);
  assert.equal((await server.command('logs', `${id}:1`)).stdout, '1\n');
  const sleeping = await submit('--array', '2', '--', 'sleep', '60');
  assert.match((await server.command('cancel', sleeping)).stdout, /children that have started go on/);
  await server.command('cancel', '--terminate', sleeping);
  for (const [words, flags] of [
    [/are for arrays: give --array/, ['--n-to-n', '--depends-on', 'some']],
    [/give --depends-on as well/, ['--n-to-n', '--array', '3']],
    [/--array needs a whole number, not many/, ['--array', 'many']],
  ] as const) {
    const refused = await server.command('submit', ...flags, '--', 'true');
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, words);
  }
});

test('cancel leaves a running job alone and says so; --terminate ends it', async () => {
  const id = await submit('--name', 'running', '--', 'sh', '-c', 'echo up; exec sleep 60');
  while ((await server.command('logs', id)).stdout !== 'up\n');
  const { stdout } = await server.command('explain', id);
  assert.match(stdout, /^status +RUNNING/m);
  assert.doesNotMatch(stdout, /^why/m);
  assert.match((await server.command('cancel', id)).stdout, /is RUNNING and goes on/);
  assert.match((await server.command('cancel', '--terminate', '--reason', 'enough', id)).stdout, /is being terminated/);
  assert.equal((await server.command('logs', '-f', id)).exitCode, 0);
  assert.match((await server.command('explain', id)).stdout, /^why +enough$/m);
  assert.match((await server.command('cancel', id)).stdout, /had ended already: FAILED/);
});

test('run --endpoint runs in the working directory on a server that allows it', async () => {
  const { environment, url } = server;
  const clock = new SystemClock();
  const words = ['run', '--endpoint', url, '--', 'sh', '-c', 'echo made >made-there; pwd; exit 5'];
  const result = await runCommand(words, { environment, clock, directory });
  assert.deepEqual([result.exitCode, result.stdout], [5, `${directory}\n`], result.stderr);
  assert.equal(readFileSync(join(directory, 'made-there'), 'utf8'), 'made\n');
  const elsewhere = await runCommand(words, { environment, clock, directory: '/usr' });
  assert.equal(elsewhere.exitCode, 1);
  assert.match(elsewhere.stderr, /host path \/usr may not be mounted/);
});

test('what the server refuses is one line with its code', async () => {
  const { exitCode, stderr } = await server.command('submit', '--definition', 'no-such-definition');
  assert.equal(exitCode, 1);
  assert.match(stderr, /^batchyard: ClientException: .+\n$/);
});

test('a data directory that a flag names finds port, region and key, whatever the environment says of another server', async () => {
  const foreign = { AWS_ACCESS_KEY_ID: 'AKIAFOREIGN', AWS_SECRET_ACCESS_KEY: 'foreign', AWS_REGION: 'eu-west-3' };
  const environment = { ...foreign, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const { clock } = timed;
  const here = await runCommand(['jobs', '--data', server.dataDirectory], { environment, clock, directory });
  assert.equal(here.exitCode, 0, here.stderr);
  const named = ['--endpoint', server.url, '--data', server.dataDirectory];
  const submitted = await runCommand(['submit', ...named, '--', 'true'], { environment, clock, directory });
  assert.equal(submitted.exitCode, 0, submitted.stderr);
  const explained = await server.command('explain', submitted.stdout.trim(), '--json');
  assert.match(JSON.parse(explained.stdout).job.jobArn, /:us-east-1:/);
});

test('what a directory of somebody else holds does not matter to whom the environment names server and key', async () => {
  writeFileSync(join(directory, 'file'), '');
  const environment = { ...server.environment, BATCHYARD_DATA: join(directory, 'file') };
  const { exitCode, stderr } = await runCommand(['jobs'], { environment, clock: timed.clock, directory });
  assert.equal(exitCode, 0, stderr);
});

test('a wrong secret is refused by the server, and what to do is said', async () => {
  const environment = { ...server.environment, AWS_SECRET_ACCESS_KEY: 'wrong' };
  const { exitCode, stderr } = await runCommand(['jobs'], { environment, clock: timed.clock });
  assert.equal(exitCode, 1);
  const hint =
    /^batchyard: InvalidSignatureException: The request signature .* run batchyard env with the --data of the server\.\n$/;
  assert.match(stderr, hint);
});

test('a name that no job of the region has names the region', async () => {
  const { stderr } = await server.command('explain', 'nobody', '--region', 'eu-west-1');
  assert.equal(stderr, 'batchyard: there is no job with the id or name nobody in region eu-west-1\n');
});
