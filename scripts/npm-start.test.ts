import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { processesWith, signal } from '../test/support/processes.ts';
import { until } from '../test/support/wait.ts';

const root = join(import.meta.dirname, '..');

/** `npm start` with data of its own, run by `words`. */
function start(t: TestContext, words: readonly string[] = []) {
  const directory = mkdtempSync(join(tmpdir(), 'npm-start-'));
  const flags = ['--port', '0', '--data', join(directory, 'data'), '--engine', 'process', '--images-pull', 'never'];
  const npm = ['npm', 'start', '--', ...flags];
  const [file = '', ...rest] = words.length === 0 ? npm : [...words, `exec ${npm.join(' ')}`, '/dev/null'];
  const child = spawn(file, rest, {
    cwd: root,
    stdio: 'pipe',
    // Its user's own may be anything.
    env: { ...process.env, SHELL: '/bin/sh', npm_config_update_notifier: 'false' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  t.after(() => {
    for (const { pid } of processesWith(directory)) signal(pid, 'SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    child,
    directory,
    says: (pattern: RegExp) =>
      until(
        () => `npm start to say ${pattern}: ${said}`,
        () => pattern.test(said),
      ),
    servers: () => processesWith(directory).filter(({ command }) => /main\.ts start/.test(command)),
  };
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

for (const name of ['SIGTERM', 'SIGINT'] as const)
  test(`${name} to npm stops the server that npm start has started, and npm waits for it`, async (t) => {
    const { child, says, servers } = start(t);
    await says(/is ready at/);
    assert.equal(servers().length, 1);
    child.kill(name);
    assert.equal(await codeOf(child), 0);
    assert.deepEqual(servers(), []);
    await says(/Stopped\./);
  });

test('one Ctrl-C at a terminal is one, and leaves jobs running', async (t) => {
  const { child, says, servers, directory } = start(t, ['script', '-qec']);
  // By this number it is known among the machine's processes.
  const job = 1_000_000 + process.pid;
  await says(/is ready at/);
  const submit = ['submit', '--data', join(directory, 'data'), '--', 'sleep', String(job)];
  assert.equal(await codeOf(spawn(join(root, 'bin/batchyard'), submit, { stdio: 'ignore' })), 0);
  const running = () => processesWith(`sleep`).some(({ command }) => command === `sleep ${job}`);
  await until('the job to run', running);
  child.stdin.write('\x03');
  await says(/1 job goes on without the server/);
  assert.equal(await codeOf(child), 0);
  assert.deepEqual(servers(), []);
  assert.ok(running());
});
