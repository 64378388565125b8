import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = mkdtempSync(join(tmpdir(), 'launch-'));
after(() => rmSync(root, { recursive: true }));

// A package whose Node.js only says what it was started with.
const command = join(root, 'bin/batchyard');
cpSync(join(import.meta.dirname, '../../bin'), join(root, 'bin'), { recursive: true });
const node = join(root, 'node_modules/.bin/node');
mkdirSync(join(node, '..'), { recursive: true });
writeFileSync(node, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
chmodSync(node, 0o755);

/** What Node.js is started with where the files `shown` have other contents. */
function startedWith(shown: Readonly<Record<string, string>>): readonly string[] {
  const mounts = Object.entries(shown).flatMap(([path, text], index) => {
    const file = join(root, `file-${index}`);
    writeFileSync(file, text);
    return ['--ro-bind', file, path];
  });
  const inside = ['--dev-bind', '/', '/', '--tmpfs', '/sys/fs/cgroup', ...mounts, command, 'version'];
  return execFileSync('bwrap', inside, { encoding: 'utf8' }).trim().split('\n');
}

const canMount = spawnSync('bwrap', ['--dev-bind', '/', '/', 'true']).status === 0;
const sandboxed = canMount ? {} : { skip: 'needs bubblewrap, to show another /proc/meminfo' };
const memory = (kilobytes: number) => ({ '/proc/meminfo': `MemTotal:  ${kilobytes} kB\nMemFree:  1 kB\n` });

test('the young generation is small on a machine with less than 2 GB, else large', sandboxed, () => {
  assert.equal(startedWith(memory(1_999_999))[0], '--max-semi-space-size=8');
  assert.equal(startedWith(memory(2_000_000))[0], '--max-semi-space-size=32');
});

test('the old generation of a large machine is not collected under load until it holds much', sandboxed, () => {
  const flag = '--initial-old-space-size=768';
  assert.equal(startedWith(memory(7_000_000))[1], flag);
  assert.equal(startedWith(memory(6_999_999)).includes(flag), false);
});

test("a container's limit counts as its machine's memory, whichever kind of control groups it has", sandboxed, () => {
  const groups = { '/sys/fs/cgroup/memory.max': `${1024 ** 3}\n` };
  assert.equal(startedWith({ ...memory(8_000_000), ...groups })[0], '--max-semi-space-size=8');
  const old = { '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${1024 ** 3}\n` };
  assert.equal(startedWith({ ...memory(8_000_000), ...old })[0], '--max-semi-space-size=8');
  const none = {
    '/sys/fs/cgroup/memory.max': 'max\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
  };
  assert.equal(startedWith({ ...memory(8_000_000), ...none })[0], '--max-semi-space-size=32');
});
