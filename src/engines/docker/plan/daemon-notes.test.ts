import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import type { ContainerSpec, TaskSpec } from '../../contract.ts';
import { plainContainer } from '../../plain-container.fixture.ts';
import type { DaemonFacts } from '../daemon/daemon-facts.ts';
import { daemonNotes } from './daemon-notes.ts';

const able: DaemonFacts = {
  ...{ product: 'docker', version: '1', keepsContainers: false, rootless: false, swappiness: true },
  limits: { memory: true, cpu: true, pids: true, swap: true },
};

function notes(spec: Partial<ContainerSpec>, facts: Partial<DaemonFacts> = {}, task: Partial<TaskSpec> = {}) {
  const containers = ['a', 'b'].map((name) => plainContainer({ name, image: 'i', ...spec }));
  const whole = { formatVersion: 1, taskId: 't' as TaskId, label: 'l', containers, stopGrace: 0, ...task } as const;
  return daemonNotes(whole, { ...able, ...facts });
}

const asking: Partial<ContainerSpec> = {
  ...{ swap: { maximumMiB: 1, swappiness: 2 }, sharedMemoryMiB: 3 },
  temporaryFileSystems: [{ target: '/t', sizeMiB: 1, options: ['uid=5', 'noexec', 'defaults', 'mode=700'] }],
};

test('nothing is said where the daemon gives all that is asked for, or nothing is asked for that it cannot give', () => {
  assert.deepEqual(notes(asking), []);
  const unable = { limits: { ...able.limits, swap: false }, swappiness: false, product: 'podman' } as const;
  assert.deepEqual(notes({ swap: { maximumMiB: 0 } }, unable, { ipc: 'host' }), []);
});

test('what a daemon cannot give is said once', () => {
  const limits = { memory: false, cpu: true, pids: false, swap: false };
  assert.deepEqual(notes(asking, { product: 'podman', limits, swappiness: false }, { ipc: 'host' }), [
    'not limited by this daemon: memory, pids',
    'maxSwap has no effect: this daemon cannot limit swap',
    'swappiness has no effect: this host has none for a single container',
    'tmpfs /t: the mount option uid=5 has no effect on Podman',
    'sharedMemorySize has no effect: /dev/shm is that of the host (ipcMode)',
  ]);
});
