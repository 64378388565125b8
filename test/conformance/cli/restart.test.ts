import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CreateActivityCommand, GetActivityTaskCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { registerShell } from '../../support/jobs.ts';
import { clientsOf } from '../../support/sdk.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { batchyard, runCommand } from '../command.ts';

async function open(t: TestContext) {
  const server = await ServerProcess.start(t, ['--host-vcpus', '1', '--host-memory-mib', '256']);
  const clients = clientsOf(server);
  t.after(() => clients.close());
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = server.credentials;
  const env = { BATCHYARD_ENDPOINT: server.url, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  /** Runs a command; once it has shown `pattern` the server is killed and started anew, and `then` is done. */
  const throughRestart = async (words: readonly string[], pattern: RegExp, then: () => Promise<unknown>) => {
    let restarting: Promise<unknown> | undefined;
    const onOutput = (stdout: string) => {
      if (!pattern.test(stdout)) return;
      restarting ??= server
        .kill()
        .then(() => server.restart())
        .then(then);
    };
    const ended = await runCommand(batchyard, words, { cwd: server.root, env, onOutput });
    assert.ok(restarting, ended.stderr);
    await restarting;
    return ended;
  };
  return { server, clients, throughRestart };
}

test('states run shows an execution to its end through a restart of the server, each event once', async (t) => {
  const { server, clients, throughRestart } = await open(t);
  const { activityArn } = await clients.states.send(new CreateActivityCommand({ name: 'asked' }));
  const file = join(server.root, 'machine.asl.json');
  const Ask = { Type: 'Task', Resource: activityArn, End: true };
  writeFileSync(file, JSON.stringify({ StartAt: 'Ask', States: { Ask } }));
  const { exit, stdout, stderr } = await throughRestart(
    ['states', 'run', file, '--json'],
    /"ActivityScheduled"/,
    async () => {
      const { taskToken } = await clients.states.send(new GetActivityTaskCommand({ activityArn }));
      await clients.states.send(new SendTaskSuccessCommand({ taskToken, output: '{"answer":42}' }));
    },
  );
  assert.equal(exit, 0, stderr);
  const lines = stdout.trim().split('\n');
  const execution = JSON.parse(lines.pop() ?? '');
  assert.deepEqual([execution.status, execution.output], ['SUCCEEDED', '{"answer":42}']);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    lines.map((_line, index) => index + 1),
  );
  assert.match(lines.at(-1) ?? '', /ExecutionSucceeded/);
});

test('submit --follow shows a job to its end through a restart of the server, each line once', async (t) => {
  const { server, clients, throughRestart } = await open(t);
  const done = join(server.shared, 'done');
  const script = `echo begun; while [ ! -e ${done} ]; do sleep 0.05; done; echo ended`;
  await registerShell(clients.batch, { name: 'patient', script, directory: server.shared });
  const words = ['submit', '--follow', '--definition', 'patient'];
  const { exit, stdout, stderr } = await throughRestart(words, /begun/, async () => writeFileSync(done, ''));
  assert.equal(exit, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n').slice(1), ['begun', 'ended']);
});
