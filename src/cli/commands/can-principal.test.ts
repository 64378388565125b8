import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startTestServer } from '../server.fixture.ts';

const server = await startTestServer({});
const directory = mkdtempSync(join(tmpdir(), 'batchyard-can-principal-'));
after(async () => {
  rmSync(directory, { recursive: true });
  await server[Symbol.asyncDispose]();
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/night';
const shares = file(
  'shares.json',
  `{"Statement": [
  { "Effect": "Allow", "Action": "batch:SubmitJob", "Resource": "${queue}" },
  { "Effect": "Deny", "Action": "batch:*", "Resource": "*", "Condition": { "StringEquals": { "batch:ShareIdentifier": "blocked" } } }
]}`,
);
const more = file('more.json', '{"Statement":{"Effect":"Allow","Action":"batch:TerminateJob","Resource":"*"}}');
const nothing = file('nothing.json', '{"Statement":{"Effect":"Allow","Action":"sns:*","Resource":"*"}}');
await server.command('user', 'add', 'anna', '--policy', shares);
const anna = 'arn:aws:iam::123456789012:user/anna';

test('can asks the server what a user may do, by name or ARN, and names the statement that decides', async () => {
  for (const who of ['anna', 'user/anna', anna]) {
    const { exitCode, stdout, stderr } = await server.command('can', who, 'batch:SubmitJob', queue);
    assert.deepEqual([exitCode, stderr], [0, 'note: not given with --context: batch:ShareIdentifier\n'], who);
    assert.match(
      stdout,
      /^allowed {2}arn:aws:iam::123456789012:user\/anna: batch:SubmitJob on arn:.*night\n {2}user_anna_shares:1:16\n$/,
    );
  }
  const context = ['--context', 'batch:ShareIdentifier=blocked'];
  const denied = await server.command('can', ...context, 'anna', 'batch:SubmitJob', queue);
  assert.equal(denied.exitCode, 1);
  assert.match(denied.stdout, /^denied .*: a statement denies it\n {2}user_anna_shares:2:\d+\n$/);
});

test('can tries policies and a boundary beside what the server has', async () => {
  const words = ['anna', 'batch:TerminateJob'];
  const without = JSON.parse((await server.command('can', '--json', ...words)).stdout);
  assert.deepEqual([without.principal, without.decision, without.lacks], [anna, 'implicitDeny', 'identity']);
  assert.equal((await server.command('can', '--policy', more, ...words)).exitCode, 0);
  const bound = await server.command('can', '--policy', more, '--boundary', nothing, ...words);
  assert.match(bound.stdout, /: the boundary does not allow it\n$/);
});

test('can says whom the server does not have', async () => {
  const user = await server.command('can', 'bert', 'batch:ListJobs');
  assert.deepEqual([user.exitCode, user.stdout], [1, '']);
  assert.match(user.stderr, /^batchyard: NoSuchEntity: The user with name bert cannot be found\.\n$/);
  assert.match((await server.command('can', 'role/none', 'batch:ListJobs')).stderr, /NoSuchEntity: .*role/i);
  assert.match((await server.command('can', 'group/none', 'batch:ListJobs')).stderr, /NoSuchEntity: .*group/i);
  assert.equal((await server.command('can', 'moon/anna', 'batch:ListJobs')).exitCode, 2);
  assert.equal((await server.command('can', 'anna', 'batch:ListJobs', '*', 'more')).exitCode, 2);
});
