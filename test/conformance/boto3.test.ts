import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { batchyard, python, runCommand } from './command.ts';
import { account, openYard } from './yard.ts';

const { server } = await openYard();

/** One run of Python: starting it and loading boto3 takes longer than all that it asks. */
const run = python.needed.skip === undefined ? await runPython() : undefined;

async function runPython() {
  const port = new URL(server.url).port;
  const exports = await runCommand(batchyard, [
    'env',
    '--format',
    'json',
    '--data',
    server.dataDirectory,
    '--port',
    port,
  ]);
  const env = JSON.parse(exports.stdout);
  const set = Object.fromEntries(Object.entries<string | null>(env).filter(([, value]) => value !== null)) as Record<
    string,
    string
  >;
  const { exit, stdout, stderr } = await runCommand(python.file, [join(import.meta.dirname, 'python-client.py')], {
    env: set,
  });
  assert.equal(exit, 0, stderr);
  return JSON.parse(stdout);
}

test('boto3 registers, submits, waits for and describes a job', python.needed, () => {
  assert.equal(run.status, 'SUCCEEDED');
  assert.ok(run.created > 1_600_000_000_000);
});

test('boto3 reads the lines of a job, and finds them in its group', python.needed, () => {
  assert.deepEqual([run.lines, run.found], [['hello'], ['hello']]);
});

test('boto3 raises a refusal as ClientException with its words, after one try', python.needed, () => {
  assert.deepEqual(run.refusal, {
    type: 'ClientException',
    code: 'ClientException',
    message: 'JobQueue nowhere not found.',
    status: 400,
    retries: 0,
  });
});

test('a URL that boto3 presigned for GetCallerIdentity is answered without credentials', python.needed, () => {
  assert.equal(run.identity, `arn:aws:iam::${account}:root`);
  assert.match(run.presigned, new RegExp(`arn:aws:iam::${account}:root`));
});

test('boto3 uses session credentials for Batch, and pages through queues', python.needed, () => {
  assert.deepEqual(run.queues, ['default']);
});

test('boto3 tags and untags a job by its ARN', python.needed, () => {
  assert.deepEqual(run.tags, { b: '2' });
});
