import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isInContainer, killProcessesOf } from './in-container.ts';

test('a process of this machine is of no container whose id the kernel does not tell of it', () => {
  assert.equal(isInContainer(process.pid, '0'.repeat(64)), false);
  // Its groups have paths, all with a slash.
  for (const id of ['', '/', ':']) assert.equal(isInContainer(process.pid, id), false);
  assert.equal(isInContainer(2 ** 22 + 1, '0'.repeat(64)), false);
});

test('what makes a container that its daemon does not know is killed, and nobody else who names it', async (t) => {
  const [id, other] = ['a', 'b'].map((letter) => letter.repeat(64));
  const named = (program: string, word = '') =>
    spawn('sh', ['-c', 'echo on; read -r line', 'sh', word], { argv0: program, stdio: ['pipe', 'pipe', 'ignore'] });
  const makers = ['/usr/bin/containerd-shim-runc-v2', 'runc', '/usr/bin/conmon'].map((program) => named(program, id));
  const others = [named('docker', id), named('runc', other)];
  t.after(() => others.forEach((child) => void child.kill('SIGKILL')));
  for (const child of [...makers, ...others]) await once(child.stdout, 'data');
  const ends = Promise.all(makers.map((child) => once(child, 'exit')));
  killProcessesOf(id ?? '');
  assert.deepEqual(
    await ends,
    makers.map(() => [null, 'SIGKILL']),
  );
  for (const child of others) {
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [1, null]);
  }
});
