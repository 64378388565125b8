import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { registerShell, submit } from '../support/jobs.ts';
import { until } from '../support/wait.ts';
import { awsCli, batchyard, python, runCommand } from './command.ts';
import { account, openYard, region } from './yard.ts';

const { batch, logs, server } = await openYard();
/** What `batchyard env` sets, for other programs. */
async function variables(): Promise<Record<string, string>> {
  const port = new URL(server.url).port;
  const words = ['env', '--format', 'json', '--data', server.dataDirectory, '--port', port];
  const set: Record<string, string | null> = JSON.parse((await runCommand(batchyard, words)).stdout);
  const given = Object.entries(set).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return Object.fromEntries(given);
}

const groupArn = (name: string) => `arn:aws:logs:${region}:${account}:log-group:${name}`;

async function group(logGroupName: string) {
  const names = { logGroupName, logStreamName: 'stream' };
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand(names));
  return {
    arn: groupArn(logGroupName),
    put: (message: string) =>
      logs.send(new PutLogEventsCommand({ ...names, logEvents: [{ timestamp: Date.now(), message }] })),
  };
}

test('the JavaScript SDK tails what is put and what a job writes', async () => {
  const { arn, put } = await group('tailed');
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/batch/job' })).catch(() => {});
  const command = new StartLiveTailCommand({ logGroupIdentifiers: [arn, groupArn('/aws/batch/job')] });
  const { responseStream } = await logs.send(command);
  assert.ok(responseStream);
  const wanted = new Set(['put', 'of a job']);
  for await (const { sessionStart, sessionUpdate } of responseStream) {
    if (sessionStart) {
      await put('put');
      await submit(batch, await registerShell(batch, { name: 'tailed', script: 'echo of a job' }));
    }
    for (const { message = '' } of sessionUpdate?.sessionResults ?? []) wanted.delete(message);
    if (wanted.size === 0) break;
  }
  assert.equal(wanted.size, 0);
});

test('boto3 tails, and finds the session and an update of the event', python.needed, async () => {
  const { arn } = await group('by-boto3');
  const { exit, stdout, stderr } = await runCommand(
    python.file,
    [join(import.meta.dirname, 'live-tail-client.py'), arn, 'by-boto3'],
    { env: await variables() },
  );
  assert.equal(exit, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), { started: [arn], messages: ['from Python'] });
});

test('aws logs start-live-tail prints what is put while it runs', awsCli.needed, async () => {
  const { arn, put } = await group('by-cli');
  const words = ['logs', 'start-live-tail', '--log-group-identifiers', arn];
  let isOver = false;
  const printed = runCommand(awsCli.file, words, {
    env: await variables(),
    onOutput: (stdout, child) => {
      if (!stdout.includes('from the command line')) return;
      isOver = true;
      child.kill('SIGINT');
    },
  });
  // It says nothing before the first event: it is put again until the session has begun.
  await until('the command to print the event', async () => {
    await put('from the command line');
    return isOver;
  });
  assert.match((await printed).stdout, /from the command line/);
});
