import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from '../../../core/clock.ts';
import type { HostAbilities } from '../host/host-abilities.ts';
import { enterContainer } from './enter.ts';

test('a command for which no process can be started is refused, and the server goes on', async () => {
  const identity = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const host: HostAbilities = {
    ...{ tools: { sh: '/nonexistent/sh', mkfifo: 'mkfifo' }, sandbox: 'none', refusals: [], scratch: '/nonexistent' },
    ...{ overlay: false, overlayMount: false, bindByDescriptor: false, filtersCalls: false, pidsByDescriptor: false },
    ...{ cgroups: {}, gangNetwork: { kind: 'host', why: '' } },
  };
  const first = { pid: process.pid, startTime: 0 };
  const entrance = { container: 'c', first, cgroup: 'none', identity, directory: '/', ulimits: [], exports: '' };
  const failed: unknown[] = [];
  const note = (error: unknown) => failed.push(error);
  process.once('uncaughtException', note);
  const answer = enterContainer(entrance, { command: ['true'] }, { host, clock: new SystemClock() });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', note);
  assert.match(answer.kind === 'refused' ? answer.reason : '', /no process could be started/);
  assert.deepEqual(failed, []);
});
