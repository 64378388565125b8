import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateConsumableResourceCommand,
  RegisterJobDefinitionCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../../support/jobs.ts';
import { until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { batchyard, type CommandOptions, runCommand } from '../command.ts';
import { openYard } from '../yard.ts';

const { batch, server } = await openYard(['--host-vcpus', '4']);
const port = new URL(server.url).port;
const scratch = mkdtempSync(join(tmpdir(), 'cli-'));
chmodSync(scratch, 0o755);
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs our command against the server, as its flags name it. */
function command(name: string, words: readonly string[] = [], options: CommandOptions = {}) {
  return runCommand(batchyard, [name, '--port', port, '--data', server.dataDirectory, ...words], {
    cwd: scratch,
    ...options,
  });
}

const lineList = (text: string) => text.split('\n').filter((line) => line !== '');

test('submit --follow shows the states on standard error, the output on standard output, and ends 0', async () => {
  const { exit, stdout, stderr } = await command('submit', ['--follow', '--', 'echo', 'hello', 'world']);
  assert.equal(exit, 0, stderr);
  const [jobId, ...output] = lineList(stdout);
  assert.match(jobId ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(output, ['hello world']);
  assert.match(stderr, /SUCCEEDED/);
});

test('submit --wait ends 1 when the job fails, and says how on standard error', async () => {
  const { exit, stderr } = await command('submit', ['--wait', '--', 'sh', '-c', 'exit 5']);
  assert.equal(exit, 1);
  assert.match(stderr, /FAILED.*exit code 5/);
});

test('submit takes a definition with parameters, tags, dependencies and attempts', async () => {
  const first = lineList((await command('submit', ['--', 'true'])).stdout)[0] ?? '';
  const containerProperties = { image: 'i', vcpus: 1, memory: 32, command: ['echo', 'Ref::who'] };
  const definition = { jobDefinitionName: 'greet', type: 'container' as const, containerProperties };
  await batch.send(new RegisterJobDefinitionCommand(definition));
  const flags = ['--definition', 'greet', '--parameter', 'who=you', '--tag', 'a=b', '--depends-on', first];
  const { exit, stdout } = await command('submit', [...flags, '--attempts', '2', '--follow', '--json']);
  assert.equal(exit, 0);
  const news = lineList(stdout).map((line) => JSON.parse(line));
  assert.equal(news[0].event, 'submitted');
  assert.deepEqual(news.find(({ event }) => event === 'log')?.message, 'you');
  assert.deepEqual([news.at(-1).event, news.at(-1).exitCode], ['ended', 0]);
});

test('jobs lists what there is, by name and status too, as a table or as JSON', async () => {
  await command('submit', ['--wait', '--name', 'listed', '--', 'true']);
  const table = await command('jobs', ['--name', 'listed']);
  const [head, row] = lineList(table.stdout);
  assert.match(head ?? '', /JOB ID.*STATUS/);
  assert.match(row ?? '', /listed.*SUCCEEDED/);
  const { stdout } = await command('jobs', ['--json', '--status', 'succeeded', '--name', 'list*']);
  assert.deepEqual(
    JSON.parse(stdout).map(({ jobName }: { jobName: string }) => jobName),
    ['listed'],
  );
});

test('logs -f shows the lines of a running job as they are written, and ends with it', async () => {
  const gate = join(server.shared, 'seen');
  const script = `echo one; until [ -e ${gate} ]; do sleep 0.02; done; echo two`;
  await registerShell(batch, { name: 'followed', script, directory: server.shared });
  const jobId = (await command('submit', ['--definition', 'followed'])).stdout.trim();
  const { exit, stdout } = await command('logs', ['-f', jobId], {
    onOutput: (shown) => {
      if (shown.includes('one')) writeFileSync(gate, '');
    },
  });
  assert.deepEqual([exit, lineList(stdout)], [0, ['one', 'two']]);
  const again = await command('logs', ['followed', '--timestamps']);
  assert.match(again.stdout, /^\d{4}-\d\d-\d\dT[\d:.]+Z one\n/);
});

test('explain says why a job waits', async () => {
  const { stdout } = await command('submit', ['--vcpus', '300', '--', 'true']);
  const jobId = stdout.trim();
  await waitForStatus(batch, jobId, 'RUNNABLE');
  const explained = await command('explain', [jobId]);
  assert.equal(explained.exit, 0);
  assert.match(explained.stdout, /RUNNABLE/);
  assert.match(explained.stdout, /MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE/);
  const cancelled = await command('cancel', [jobId]);
  assert.match(cancelled.stdout, /is being cancelled/);
  const ended = await until('the end', async () => {
    const { stdout: text } = await command('explain', [jobId, '--json']);
    const { job } = JSON.parse(text);
    return job.status === 'FAILED' && job;
  });
  assert.equal(ended.statusReason, 'Cancelled by user');
});

test('explain says for what a job waits, how much of it and who holds it, as JSON too', async () => {
  const consumableResourceName = 'licences';
  await batch.send(new CreateConsumableResourceCommand({ consumableResourceName, totalQuantity: 1 }));
  const jobDefinition = await registerShell(batch, { name: 'licensed', script: 'exec sleep 600' });
  const consumableResourceList = [{ consumableResource: consumableResourceName, quantity: 1 }];
  const override = { consumableResourcePropertiesOverride: { consumableResourceList } };
  const [holder, waiting] = [
    await submit(batch, jobDefinition, override),
    await submit(batch, jobDefinition, override),
  ];
  await waitForStatus(batch, holder, 'RUNNING');
  const { stdout } = await command('explain', [waiting]);
  assert.match(stdout, /why .*1 of licences needed, 0 of 1 free \(job \S+ holds 1\)/);
  assert.match(stdout, /asked .*, 1 of licences\n/);
  const { waiting: reason } = JSON.parse((await command('explain', [waiting, '--json'])).stdout);
  assert.equal(reason.kind, 'consumables-in-use');
  assert.partialDeepStrictEqual(reason.consumables, [
    { kind: 'in-use', requested: 1, available: 0, total: 1, holders: [{ jobId: holder, quantity: 1 }], holderCount: 1 },
  ]);
  for (const jobId of [waiting, holder]) await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  for (const jobId of [waiting, holder]) await waitForEnd(batch, jobId);
});

test('explain tells the isolation and the outcome of each attempt of a job that ended', async () => {
  await command('submit', ['--wait', '--name', 'explained', '--', 'sh', '-c', 'exit 3']);
  const { stdout } = await command('explain', ['explained']);
  assert.match(stdout, /attempt 1 +exit code 3/);
  assert.match(stdout, /note /);
});

test('cancel --terminate ends a running job, and cancel alone says that it cannot', async () => {
  const jobId = (await command('submit', ['--', 'sleep', '600'])).stdout.trim();
  await waitForStatus(batch, jobId, 'RUNNING');
  assert.match((await command('cancel', [jobId])).stdout, /goes on/);
  await command('cancel', ['--terminate', '--reason', 'enough', jobId]);
  assert.equal((await waitForStatus(batch, jobId, 'FAILED')).statusReason, 'enough');
});

test('env makes the command itself find the server, from another directory', async () => {
  const exports = await command('env');
  assert.equal(exports.exit, 0);
  const script = 'eval "$EXPORTS" && exec "$0" jobs --json --name nothing-*';
  const found = await runCommand('/bin/sh', ['-c', script, batchyard], { cwd: '/', env: { EXPORTS: exports.stdout } });
  assert.deepEqual([found.exit, found.stdout.trim()], [0, '[]']);
});

/** `batchyard run` has a server of its own. */
const run = (...words: readonly string[]) => runCommand(batchyard, ['run', ...words], { cwd: scratch });

test('run executes in the working directory, writes there, shows the output and ends with the exit code', async () => {
  writeFileSync(join(scratch, 'render.sh'), '#!/bin/sh\necho frame $1\necho done >frame-$1\nexit 4\n', { mode: 0o755 });
  const { exit, stdout, stderr } = await run('--', './render.sh', '42');
  assert.deepEqual([exit, lineList(stdout)], [4, ['frame 42']], stderr);
  assert.equal(readFileSync(join(scratch, 'frame-42'), 'utf8'), 'done\n');
  assert.match(stderr, /FAILED.*exit code 4/);
});

test('run --json tells each event as an object on a line, and a signal as 128 plus its number', async () => {
  const { exit, stdout } = await run('--json', '--', 'sh', '-c', 'echo hi; kill -KILL $$');
  assert.equal(exit, 137);
  const events = lineList(stdout).map((line) => JSON.parse(line));
  assert.deepEqual(
    events.filter(({ event }) => event === 'log').map(({ message }) => message),
    ['hi'],
  );
  assert.deepEqual([events.at(-1).event, events.at(-1).status, events.at(-1).exitCode], ['ended', 'FAILED', 137]);
});

test('Ctrl-C ends a run and its job', async () => {
  let sent = false;
  const { exit, stderr } = await runCommand(batchyard, ['run', '--', 'sh', '-c', 'echo up; exec sleep 600'], {
    cwd: scratch,
    onOutput: (stdout, child) => {
      if (sent || !stdout.includes('up')) return;
      sent = true;
      child.kill('SIGINT');
    },
  });
  assert.equal(exit, 130);
  assert.match(stderr, /Terminating the job/);
});
