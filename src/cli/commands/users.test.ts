import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { runCommand } from '../invocation.fixture.ts';
import { startTestServer } from '../server.fixture.ts';

const server = await startTestServer({});
const directory = mkdtempSync(join(tmpdir(), 'batchyard-users-'));
const clock = new SystemClock();
after(async () => {
  rmSync(directory, { recursive: true });
  clock.close();
  await server[Symbol.asyncDispose]();
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const jobs = file(
  'only-jobs.json',
  '{"Statement":{"Effect":"Allow","Action":["batch:ListJobs","batch:DescribeJobQueues"],"Resource":"*"}}',
);
const readOnly = 'arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess';

async function usersNow() {
  const { exitCode, stdout } = await server.command('user', 'ls', '--json');
  assert.equal(exitCode, 0);
  return JSON.parse(stdout);
}

test('user add prints the variables that call as the user, ls shows it, and rm ends what it signs', async () => {
  const added = await server.command('user', 'add', 'anna', '--policy', jobs, '--policy', readOnly, '--format', 'json');
  assert.deepEqual([added.exitCode, added.stderr], [0, '']);
  const environment = JSON.parse(added.stdout);
  assert.equal(environment.AWS_ENDPOINT_URL, server.url);
  assert.match(environment.AWS_ACCESS_KEY_ID, /^AKIA/);
  const asAnna = (...words: readonly string[]) => runCommand(words, { environment, clock });
  assert.equal((await asAnna('jobs')).exitCode, 0);
  const denied = await asAnna('submit', '--name', 'a', '--', 'true');
  assert.equal(denied.exitCode, 1);
  assert.match(denied.stderr, /user\/anna is not authorized to perform: batch:/);

  const [anna, ...others] = await usersNow();
  assert.deepEqual(others, []);
  const { arn, createdAt, ...shown } = anna;
  assert.match(arn, /^arn:aws:iam::\d{12}:user\/anna$/);
  assert.match(createdAt, /^\d{4}-/);
  const accessKeys = [{ id: environment.AWS_ACCESS_KEY_ID, status: 'Active' }];
  assert.deepEqual(shown, { name: 'anna', accessKeys, attached: [readOnly], inline: ['only-jobs'], groups: [] });
  const table = await server.command('user', 'ls');
  assert.match(table.stdout, /^USER .*\nanna +AKIA\w+ +CloudWatchLogsReadOnlyAccess, only-jobs +- +\d{4}-\S+Z\n$/);

  const removed = await server.command('user', 'rm', 'anna');
  assert.deepEqual([removed.exitCode, removed.stdout], [0, 'anna is deleted.\n']);
  assert.match((await asAnna('jobs')).stderr, /UnrecognizedClientException/);
  assert.deepEqual(await usersNow(), []);
});

test('a user whose policy is refused is not made, and one that is there stays as it is', async () => {
  const missing = await server.command('user', 'add', 'bert', '--policy', 'arn:aws:iam::aws:policy/None');
  assert.equal(missing.exitCode, 1);
  assert.match(missing.stderr, /^batchyard: NoSuchEntity: Policy arn:aws:iam::aws:policy\/None /);
  const broken = file('broken.json', '{\n  "a" }');
  const unread = await server.command('user', 'add', 'bert', '--policy', broken);
  assert.deepEqual([unread.exitCode, unread.stderr], [2, `batchyard: ${broken}:2:7: Syntax errors in policy.\n`]);
  assert.deepEqual(await usersNow(), []);

  const bare = await server.command('user', 'add', 'bert');
  assert.match(bare.stdout, /^export AWS_ENDPOINT_URL=/);
  assert.equal(bare.stderr, 'batchyard: bert may do nothing yet: no --policy was given.\n');
  const again = await server.command('user', 'add', 'bert', '--policy', jobs);
  assert.match(again.stderr, /^batchyard: EntityAlreadyExists: User with name bert already exists\.\n$/);
  assert.deepEqual((await usersNow())[0].inline, []);
  const both = await server.command('user', 'rm', 'nobody', 'bert');
  assert.deepEqual([both.exitCode, both.stdout], [1, 'bert is deleted.\n']);
  assert.match(both.stderr, /^batchyard: nobody: NoSuchEntity: /);
});

test('no user is made whose variables cannot be found', async () => {
  const resolve = () => Promise.reject(new Error('no names today'));
  const { environment } = server;
  const { exitCode, stderr } = await runCommand(['user', 'add', 'carl'], { environment, clock, resolve });
  assert.equal(exitCode, 1);
  assert.match(stderr, /no names today/);
  assert.ok((await usersNow()).every(({ name }: { readonly name: string }) => name !== 'carl'));
});
