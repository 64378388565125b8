import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestServer } from '../server.fixture.ts';

const server = await startTestServer({});
after(() => server[Symbol.asyncDispose]());
await server.command('submit', '--name', 'mine', '--', 'true');

test('audit shows who called what, the newest first, by one attribute', async () => {
  const { exitCode, stdout, stderr } = await server.command('audit', '--event', 'SubmitJob');
  assert.deepEqual([exitCode, stderr], [0, '']);
  const [head = '', row = '', ...others] = stdout.trimEnd().split('\n');
  assert.match(head, /^TIME +USER +SERVICE +EVENT +RESULT +RESOURCE$/);
  assert.match(row, /^\S+Z +root +batch +SubmitJob +ok +job-/);
  assert.deepEqual(others, []);
});

test('audit --json gives whole records', async () => {
  const { stdout } = await server.command('audit', '--service', 'batch', '--json', '--limit', '1', '--since', '1h');
  const [record, ...others] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual([record.eventSource, record.userIdentity.type, others], ['batch.amazonaws.com', 'Root', []]);
});

test('audit says when there is nothing, and takes one attribute alone', async () => {
  const { stdout, stderr } = await server.command('audit', '--user', 'nobody');
  assert.deepEqual([stdout, stderr], ['', 'No calls.\n']);
  const both = await server.command('audit', '--user', 'root', '--event', 'SubmitJob');
  assert.equal(both.exitCode, 2);
  assert.match(both.stderr, /give one of --user, --event/);
});

test('records name the command as the program that called', async () => {
  const { stdout } = await server.command('audit', '--event', 'SubmitJob', '--json');
  assert.match(JSON.parse(stdout).userAgent, /^batchyard\/\d/);
});
