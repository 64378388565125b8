import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { defaultPath } from '../../default-path.ts';

const user = 1234;

/** Runs a file of tests as an ordinary user, which only root can: all must pass, and so many at least. */
export async function passesAsOrdinaryUser(file: string, atLeast: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-user-'));
  chownSync(directory, user, user);
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
    uid: user,
    gid: user,
    env: { TMPDIR: directory, PATH: defaultPath },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  rmSync(directory, { recursive: true, force: true });
  assert.equal(child.exitCode, 0, said);
  const passed = Number(/^# pass (\d+)$/m.exec(said)?.[1]);
  assert.ok(passed >= atLeast, said);
}
