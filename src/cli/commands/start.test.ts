import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { SpawnedCommand } from '../spawned.fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batchyard-start-'));
  // The jobs of a server that is root are another user's, and must get through.
  chmodSync(directory, 0o755);
});
afterEach(async () => {
  // Ends the runner too, which would wait a minute for the next server.
  if (existsSync(join(directory, '.batchyard'))) await batchyard('reset', '--yes');
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

/** Starts a server on a free port, waits until it is ready; answers it and its port. */
async function startServer(...words: readonly string[]): Promise<{ server: SpawnedCommand; port: string }> {
  const server = new SpawnedCommand(['start', '--port', '0', ...words], directory);
  const [, port = ''] = await server.shows('stdout', /is ready at http:\/\/127\.0\.0\.1:(\d+)\n(?:.*\n)*.*submit/);
  return { server, port };
}

async function batchyard(...words: readonly string[]): Promise<SpawnedCommand> {
  const command = new SpawnedCommand(words, directory);
  await command.ended();
  return command;
}

test('start says where the server is and how to use it; SIGTERM ends it with exit code 0', async () => {
  const { server, port } = await startServer();
  assert.match(server.stdout, /^ {2}eval "\$\(batchyard env\)"$/m);
  const env = await batchyard('env');
  assert.match(env.stdout, new RegExp(`^export AWS_ENDPOINT_URL=http://[^:]+:${port}$`, 'm'));
  assert.doesNotMatch(env.stderr, /does not know this key|made a new key/);
  assert.match(server.stdout, /^ {2}engine {5}process \(.+\)$/m);
  const hello = await batchyard('submit', '--port', port, '--follow', '--', 'echo', 'hello');
  assert.match(hello.stdout, /^hello$/m);
  server.kill('SIGTERM');
  assert.equal(await server.ended(), 0);
});

test('where processes get no files of this machine, the first job that start proposes names an image', async () => {
  const { server } = await startServer('--process-unmapped', 'refuse');
  server.kill('SIGTERM');
  assert.equal(await server.ended(), 0);
  assert.match(server.stdout, /^ {2}batchyard submit --image busybox --follow -- echo hello$/m);
});

test('start refuses enabled engines without the default one in words, with exit code 2', async () => {
  const start = await batchyard('start', '--port', '0', '--ephemeral', '--engines-enabled', 'mock');
  assert.equal(start.child.exitCode, 2);
  assert.match(
    start.stderr,
    /^batchyard: engine process is this installation's default, and engines\.enabled does not/,
  );
});

test('npm start is the same command, by what tells it of signals', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal(scripts.start, 'exec scripts/npm-start');
});

test('running jobs outlive the server, the next one takes them over, and reset ends what is left', async () => {
  const first = await startServer();
  const held = await batchyard('reset', '--yes');
  assert.equal(held.child.exitCode, 1);
  assert.match(held.stderr, /a server is using .*stop it first/);
  await batchyard('submit', '--port', first.port, '--', 'sh', '-c', 'echo up; exec sleep 60');
  const watch = new SpawnedCommand(['logs', '-f', 'sh', '--port', first.port], directory);
  await watch.shows('stdout', /^up$/m);
  watch.kill('SIGINT');
  assert.equal(await watch.ended(), 130);
  first.server.kill('SIGTERM');
  assert.equal(await first.server.ended(), 0);
  const again = new RegExp(`Stopped\\. 1 job goes on.*: batchyard start --port ${first.port}$`, 'm');
  assert.match(first.server.stderr, again);

  const second = await startServer();
  const listed = await batchyard('jobs', '--port', second.port, '--json');
  assert.deepEqual(
    JSON.parse(listed.stdout).map(({ status }: { status: string }) => status),
    ['RUNNING'],
  );
  second.server.kill('SIGTERM');
  await second.server.ended();

  const reset = await batchyard('reset', '--yes');
  assert.equal(reset.child.exitCode, 0, reset.stderr);
  const left = readdirSync(join(directory, '.batchyard')).filter((name) => !name.startsWith('.deleted-'));
  assert.deepEqual(left, []);
});

test('--stop-jobs ends the running jobs with the server', async () => {
  const { server, port } = await startServer('--stop-jobs');
  await batchyard('submit', '--port', port, '--', 'sleep', '60');
  server.kill('SIGTERM');
  assert.equal(await server.ended(), 0);
  assert.match(server.stderr, /^Stopped\.$/m);
});

test('a second Ctrl-C ends the running jobs too', async () => {
  const { server, port } = await startServer();
  const job = new SpawnedCommand(
    ['submit', '--port', port, '--follow', '--', 'sh', '-c', 'echo up; exec sleep 60'],
    directory,
  );
  await job.shows('stdout', /^up$/m);
  job.kill('SIGINT');
  await job.ended();
  server.kill('SIGINT');
  await server.shows('stderr', /Press Ctrl-C again/);
  server.kill('SIGINT');
  assert.equal(await server.ended(), 0);
  assert.match(server.stderr, /^Stopped\.$/m);
});

test('an ephemeral server leaves nothing', async () => {
  const { server, port } = await startServer('--ephemeral');
  const [, data = ''] = /^ {2}data {7}(\S+) \(ephemeral/m.exec(server.stdout) ?? [];
  const hello = await batchyard('submit', '--port', port, '--data', data, '--follow', '--', 'echo', 'hello');
  assert.match(hello.stdout, /^hello$/m);
  server.kill('SIGTERM');
  assert.equal(await server.ended(), 0);
  assert.throws(() => readdirSync(data), { code: 'ENOENT' });
  assert.deepEqual(readdirSync(directory), []);
});

test('a second server on the same data is refused with words', async () => {
  const { server } = await startServer();
  const second = await batchyard('start', '--port', '0');
  assert.equal(second.child.exitCode, 1);
  assert.match(second.stderr, /^batchyard: the data directory .* is in use/);
  server.kill('SIGTERM');
  await server.ended();
});

test('a port in use is refused with words', async () => {
  const { server, port } = await startServer();
  const second = await batchyard('start', '--port', port, '--data', 'other');
  assert.equal(second.child.exitCode, 1);
  assert.match(second.stderr, new RegExp(`^batchyard: port ${port} of 127\\.0\\.0\\.1 is taken: .* --port\n$`));
  assert.ok(!existsSync(join(directory, 'other')));
  server.kill('SIGTERM');
  await server.ended();
});

test('the banner names a data directory where env would not look by itself', async () => {
  const { server } = await startServer('--data', 'my data');
  assert.match(server.stdout, /^ {2}eval "\$\(batchyard env --data '.*\/my data'\)"$/m);
  server.kill('SIGTERM');
  await server.ended();
  await batchyard('reset', '--yes', '--data', 'my data');
});

test('--auth none warns loudly, and lets unsigned callers in', async () => {
  const { server, port } = await startServer('--auth', 'none');
  await server.shows('stderr', /WARNING: --auth none/);
  const response = await fetch(`http://127.0.0.1:${port}/v1/describejobqueues`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 200);
  server.kill('SIGTERM');
  await server.ended();
});
