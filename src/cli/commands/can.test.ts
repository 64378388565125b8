import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../invocation.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'batchyard-can-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/night';
const submit = file(
  'submit.json',
  `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Queues", "Effect": "Allow", "Action": "batch:SubmitJob", "Resource": "${queue}" },
    {
      "Effect": "Deny", "Action": "batch:*", "Resource": "*",
      "Condition": { "StringEquals": { "batch:ShareIdentifier": "blocked" } }
    }
  ]
}
`,
);
const nothing = file('nothing.json', '{"Statement":{"Effect":"Allow","Action":"sns:*","Resource":"*"}}');

test('can names the statement that allows, and ends with 0', async () => {
  const words = ['can', '--policy', nothing, '--policy', submit, 'batch:SubmitJob', queue];
  const { exitCode, stdout, stderr } = await runCommand(words);
  assert.equal(exitCode, 0);
  assert.equal(stdout, `allowed  batch:SubmitJob on ${queue}\n  ${submit}:4:5  statement 1 (Queues)\n`);
  assert.equal(stderr, 'note: not given with --context: batch:ShareIdentifier\n');
});

test('can names the statement that denies, and ends with 1', async () => {
  const context = ['--context', 'batch:ShareIdentifier=blocked'];
  const { exitCode, stdout, stderr } = await runCommand([
    'can',
    '--policy',
    submit,
    ...context,
    'batch:SubmitJob',
    queue,
  ]);
  assert.equal(exitCode, 1);
  assert.equal(stdout, `denied  batch:SubmitJob on ${queue}: a statement denies it\n  ${submit}:5:5  statement 2\n`);
  assert.equal(stderr, '');
});

test('can says what lacks: a statement, or one of the boundary', async () => {
  const none = await runCommand(['can', '--policy', nothing, 'batch:SubmitJob', queue]);
  assert.deepEqual([none.exitCode, none.stdout], [1, `denied  batch:SubmitJob on ${queue}: no statement allows it\n`]);
  const words = ['can', '--json', '--policy', submit, '--boundary', nothing, 'batch:SubmitJob', queue];
  const told = JSON.parse((await runCommand(words)).stdout);
  assert.deepEqual([told.decision, told.lacks, told.statements], ['implicitDeny', 'boundary', []]);
});

test('can doubts what AWS does not have: actions, resources of another kind, keys', async () => {
  const ask = async (...words: readonly string[]) => (await runCommand(['can', '--policy', nothing, ...words])).stderr;
  assert.equal(
    await ask('batch:SubmitJobb'),
    'note: AWS has no action batch:SubmitJobb; did you mean batch:SubmitJob?\n',
  );
  assert.match(
    await ask('batch:TerminateJob', queue),
    /^note: batch:TerminateJob does not take .*, but arn:.*:job\/\$\{JobId\}\n$/,
  );
  assert.equal(
    await ask('batch:ListJobs', queue),
    'note: batch:ListJobs has no resource-level permissions: AWS asks it on * alone\n',
  );
  assert.match(
    await ask('batch:SubmitJob'),
    /^note: asked on \*, which no ARN in a policy reaches; batch:SubmitJob takes arn:/,
  );
  assert.equal(
    await ask('batch:ListJobs', '--context', 'batch:Image=x'),
    'note: requests of batch:ListJobs have no key batch:Image\n',
  );
  assert.equal(
    await ask('batch:CreateJobQueue', queue, '--context', 'aws:RequestTag/a=x', '--context', 'aws:SourceIp=::1'),
    '',
  );
  assert.equal(await ask('moon:Land', '--context', 'moon:Side=x'), '');
});

test('can takes a key that is given twice for one of two values', async () => {
  const tags = file(
    'tags.json',
    '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}}}',
  );
  const ask = async (...keys: readonly string[]) => {
    const context = keys.flatMap((key) => ['--context', `aws:TagKeys=${key}`]);
    return (await runCommand(['can', '--policy', tags, ...context, 'batch:TagResource', queue])).exitCode;
  };
  assert.deepEqual([await ask('a', 'b'), await ask('a', 'c')], [0, 1]);
});

test('can tells of policies that are none, and of a command line that asks nothing, by another exit code than a denial', async () => {
  const broken = await runCommand(['can', '--policy', file('broken.json', '{\n  "a" }'), 'batch:ListJobs']);
  assert.deepEqual(
    [broken.exitCode, broken.stderr],
    [2, `batchyard: ${directory}/broken.json:2:7: Syntax errors in policy.\n`],
  );
  const wrong = await runCommand([
    'can',
    '--policy',
    file('wrong.json', '{"Statement":{"Effect":"Allow","Resource":"*"}}'),
    'batch:ListJobs',
  ]);
  assert.deepEqual(
    [wrong.exitCode, wrong.stderr],
    [2, `batchyard: ${directory}/wrong.json: Policy statement must contain actions.\n`],
  );
  for (const words of [
    ['batch:ListJobs'],
    ['--policy', nothing, 'ListJobs'],
    ['--policy', nothing, '--context', 'x', 'batch:ListJobs'],
  ]) {
    assert.equal((await runCommand(['can', ...words])).exitCode, 2, words.join(' '));
  }
});
