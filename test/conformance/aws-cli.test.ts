import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitForEnd } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { account, arnPrefix, openYard } from './yard.ts';

const { batch, server } = await openYard();

/** What `eval "$(batchyard env)"` sets, as a shell reads it. */
const exports = await runCommand(batchyard, [
  'env',
  '--data',
  server.dataDirectory,
  '--port',
  new URL(server.url).port,
]);

/** Runs the aws CLI in a shell that has done what the manual says. Each takes over half a second. */
function aws(...words: readonly string[]) {
  const script = `eval "$EXPORTS" && exec "$0" "$@"`;
  // What would lead a CLI astray that takes its settings from elsewhere.
  const env = { EXPORTS: exports.stdout, AWS_PROFILE: 'nobody', AWS_SESSION_TOKEN: 'old', AWS_PAGER: '' };
  return runCommand('/bin/sh', ['-c', script, awsCli.file, ...words], { env, cwd: server.shared });
}

async function answerOf(...words: readonly string[]) {
  const { exit, stdout, stderr } = await aws(...words);
  assert.equal(exit, 0, stderr);
  return JSON.parse(stdout);
}

test('the aws CLI registers a definition from a file, submits it, and reads its log line', awsCli.needed, async () => {
  const file = join(server.shared, 'definition.json');
  const containerProperties = { image: 'busybox', vcpus: 1, memory: 32, command: ['echo', 'Ref::word'] };
  writeFileSync(file, JSON.stringify({ jobDefinitionName: 'hello', type: 'container', containerProperties }));
  const registered = await answerOf('batch', 'register-job-definition', '--cli-input-json', `file://${file}`);
  assert.equal(registered.jobDefinitionArn, `${arnPrefix}:job-definition/hello:1`);
  const names = ['--job-name', 'first', '--job-queue', 'default', '--job-definition', 'hello'];
  const { jobId } = await answerOf('batch', 'submit-job', ...names, '--parameters', 'word=hello', '--tags', 'a=1');
  await waitForEnd(batch, jobId);
  const { jobs } = await answerOf('batch', 'describe-jobs', '--jobs', jobId);
  assert.equal(jobs[0].status, 'SUCCEEDED');
  const stream = jobs[0].container.logStreamName;
  const place = ['--log-group-name', '/aws/batch/job', '--log-stream-name', stream];
  const { events } = await answerOf('logs', 'get-log-events', ...place);
  assert.deepEqual(
    events.map(({ message }: { message: string }) => message),
    ['hello'],
  );
});

test("the aws CLI finds the cluster of an unmanaged environment with the guide's query", awsCli.needed, async () => {
  const given = [
    '--compute-environment-name',
    'unmanagedCE',
    '--type',
    'UNMANAGED',
    '--service-role',
    'AWSBatchServiceRole',
  ];
  await answerOf('batch', 'create-compute-environment', ...given);
  const query = ['--compute-environments', 'unmanagedCE', '--query', 'computeEnvironments[0].ecsClusterArn'];
  const arn = await answerOf('batch', 'describe-compute-environments', ...query);
  assert.match(arn, new RegExp(`^arn:aws:ecs:us-east-1:${account}:cluster/unmanagedCE`));
});

test(
  'the aws CLI shows a refusal with its code, operation and words, and ends with 254 or 255',
  awsCli.needed,
  async () => {
    const names = ['--job-name', 'x', '--job-queue', 'nowhere', '--job-definition', 'x'];
    const { exit, stderr } = await aws('batch', 'submit-job', ...names);
    assert.ok(exit === 254 || exit === 255);
    const words =
      /An error occurred \(ClientException\) when calling the SubmitJob operation: JobQueue nowhere not found\./;
    assert.match(stderr, words);
  },
);

test('the aws CLI knows who it is', awsCli.needed, async () => {
  const identity = await answerOf('sts', 'get-caller-identity');
  assert.deepEqual(identity, { UserId: account, Account: account, Arn: `arn:aws:iam::${account}:root` });
});

test('the aws CLI that asks for S3 is told at once which variable to set', awsCli.needed, async () => {
  const { exit, stderr } = await aws('s3api', 'list-objects-v2', '--bucket', 'mine');
  assert.notEqual(exit, 0);
  assert.match(stderr, /InvalidRequest.*AWS_ENDPOINT_URL_S3/s);
});
