import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { canReach } from './paths.ts';

const isRoot = process.getuid?.() === 0;
const config = { host: { tools: { sh: '/bin/sh' } } } as unknown as RunnerConfig;

test('a job reaches what lies in directories that all may search', () => {
  const identity = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  assert.equal(canReach('/usr/bin', identity, config), true);
});

describe('whether a job can reach a directory', { skip: isRoot ? false : 'this user is not root' }, () => {
  let root = '';
  before(() => {
    root = mkdtempSync('/var/tmp/batchyard-reach-');
    chmodSync(root, 0o755);
  });
  after(() => rmSync(root, { recursive: true }));

  /** A directory in one that has this mode, owner and group. */
  function inDirectory(mode: number, uid: number, gid: number): string {
    const above = mkdtempSync(join(root, 'd-'));
    mkdirSync(join(above, 'data'));
    chownSync(above, uid, gid);
    chmodSync(above, mode);
    return join(above, 'data');
  }

  test('is not taken for no where the kernel cannot be asked: what is closed is not hidden', () => {
    const data = inDirectory(0o710, 0, 4002);
    const unasked = { host: { tools: { sh: '/bin/batchyard-no-such-shell' } } } as unknown as RunnerConfig;
    assert.throws(() => canReach(data, { uid: 4000, gid: 4001 }, unasked), /ENOENT/);
  });

  test('of a server that is root is decided by the job’s user and group, as by the kernel', () => {
    const cases = [
      [0o711, 0, 0, true],
      [0o700, 0, 0, false],
      [0o700, 4000, 0, true],
      [0o077, 4000, 4001, false],
      [0o710, 0, 4001, true],
      [0o701, 0, 4001, false],
      [0o710, 0, 4002, false],
    ] as const;
    for (const [mode, uid, gid, expected] of cases) {
      const data = inDirectory(mode, uid, gid);
      const words = `${mode.toString(8)} ${uid}:${gid}`;
      assert.equal(canReach(data, { uid: 4000, gid: 4001 }, config), expected, words);
      const kernel = spawnSync('/bin/sh', ['-c', 'ls "$1"', 'sh', data], { uid: 4000, gid: 4001 });
      assert.equal(kernel.status === 0, expected, words);
    }
    assert.equal(canReach(inDirectory(0o700, 1, 1), { uid: 0, gid: 0 }, config), true);
  });

  test('of a server that is not root is decided by all of its groups', () => {
    const module = fileURLToPath(new URL('./paths.ts', import.meta.url));
    const data = inDirectory(0o710, 0, 4002);
    const reach = (groups: readonly number[]) => {
      const script = `process.setgroups(${JSON.stringify(groups)}); process.setgid(4001); process.setuid(4000);
        console.log(canReach(${JSON.stringify(data)}, { uid: 4000, gid: 4001 }, { host: { tools: { sh: '/bin/sh' } } }));`;
      const run = spawnSync(process.execPath, [
        '--input-type=module',
        '-e',
        `const { canReach } = await import(${JSON.stringify(module)});\n${script}`,
      ]);
      return run.stdout.toString().trim() || run.stderr.toString();
    };
    assert.equal(reach([4001]), 'false');
    assert.equal(reach([4001, 4002]), 'true');
  });
});
