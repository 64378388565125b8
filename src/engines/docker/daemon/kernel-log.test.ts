import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dockerLimits } from '../docker-limits.ts';
import { KernelLog } from './kernel-log.ts';

const [one, other, third] = ['1', '2', '3'].map((digit) => digit.repeat(64));

function record(group: string, member = group): string {
  const words = `nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${group},task_memcg=${member},task=tail,pid=13068,uid=0`;
  return `6,49783,12556670166,-;oom-kill:constraint=CONSTRAINT_MEMCG,${words}\n`;
}

function open(t: TestContext, text: string): { path: string; log: KernelLog } {
  const place = mkdtempSync(join(tmpdir(), 'kernel-log-'));
  const path = join(place, 'kmsg');
  writeFileSync(path, text);
  const log = new KernelLog(path);
  t.after(() => {
    log.close();
    rmSync(place, { recursive: true });
  });
  return { path, log };
}

test('a container whose group ran out of memory is known, also of what the log says later', (t) => {
  const { path, log } = open(t, `6,1,1,-;docker0: port 1 entered disabled state\n${record(`/docker/${one}`)}`);
  assert.deepEqual([log.ranOutOfMemory(`${one}`), log.ranOutOfMemory(`${other}`)], [true, false]);
  appendFileSync(path, record(`/libpod_parent/libpod-${other}`));
  assert.deepEqual([log.ranOutOfMemory(`${one}`), log.ranOutOfMemory(`${other}`)], [true, true]);
});

test('one that was chosen since a group above it, or the machine, ran out has not itself', (t) => {
  const machine = record('')
    .replace('oom_memcg=,', 'global_oom,')
    .replace('task_memcg=', `task_memcg=/docker/${third}`);
  const { log } = open(t, record('/docker', `/docker/${one}`) + machine);
  assert.deepEqual([log.ranOutOfMemory(`${one}`), log.ranOutOfMemory(`${third}`)], [false, false]);
});

test('nobody but the kernel says so: not who writes into its log, and not what it says of names that somebody gave', (t) => {
  const [said] = record(`/docker/${one}`).split('\n');
  const words = `${said}`.slice(`${said}`.indexOf(';') + 1);
  const { log } = open(
    t,
    `12,1,1,-;${words}\n3,2,1,-;overlayfs: failed to resolve '${words}': -2\n${record(`/docker/${other}`)}`,
  );
  assert.deepEqual([log.ranOutOfMemory(`${one}`), log.ranOutOfMemory(`${other}`)], [false, true]);
});

test('where there is no log nothing is known', () => {
  assert.equal(new KernelLog('/nonexistent/kmsg').ranOutOfMemory(`${one}`), false);
});

test('those that ran out long ago are forgotten', (t) => {
  const { path, log } = open(t, record(`/docker/${one}`));
  for (let index = 0; index < dockerLimits.outOfMemoryGroups; index += 1) {
    assert.equal(log.ranOutOfMemory(`${one}`), true);
    appendFileSync(path, record(`/docker/${index}-`));
  }
  assert.deepEqual([log.ranOutOfMemory(`${one}`), log.ranOutOfMemory('/0-')], [false, true]);
});
