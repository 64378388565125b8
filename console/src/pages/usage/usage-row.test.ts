import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageRows } from './usage-row.ts';

const none = { attempts: 0, seconds: 0, vcpuSeconds: 0, memoryMiBSeconds: 0, gpuSeconds: 0 };
const ended = {
  ...none,
  attempts: 2,
  vcpuSeconds: 7_200,
  memoryMiBSeconds: 1024 * 3_600,
  cpuSeconds: 720,
  peakMemoryBytes: 2 ** 21,
};
const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/a';

test('a line says what was asked and used, what runs too, and its part of all', () => {
  const running = { ...none, vcpus: 4, attempts: 1, vcpuSeconds: 3_600 };
  const groups = [
    { jobQueueArn: queue, ended, running },
    {
      jobQueueArn: `${queue}b`,
      ended: { ...none, cpuSeconds: 0, peakMemoryBytes: 0 },
      running: { ...running, vcpuSeconds: 0 },
    },
  ];
  const [first, second] = usageRows('queue', groups);
  assert.deepEqual(
    [first?.name, first?.vcpuHours, first?.part, first?.memoryHours, first?.cpuUsed, first?.peakMiB],
    ['a', 3, 1, 1, 0.1, 2],
  );
  assert.deepEqual([second?.name, second?.part, second?.cpuUsed, second?.peakMiB], ['ab', 0, undefined, undefined]);
});

test('who has no share, and who is not known, has no name', () => {
  const group = { jobQueueArn: queue, ended, running: { ...none, vcpus: 0 } };
  assert.deepEqual(
    usageRows('share', [group]).map(({ name, queue }) => [name, queue]),
    [[undefined, 'a']],
  );
  const principal = 'arn:aws:iam::123456789012:user/ada';
  assert.deepEqual(
    usageRows('user', [group, { ...group, principal }]).map(({ name }) => name),
    [undefined, 'user/ada'],
  );
});
