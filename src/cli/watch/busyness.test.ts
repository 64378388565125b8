import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusynessMeter } from './busyness.ts';

/** A task whose containers used so much CPU time by the time `at`. */
function task(at: number, ...cpuSeconds: readonly number[]) {
  return {
    jobId: 'j',
    jobName: 'j',
    jobQueue: 'q',
    taskId: 't',
    attempt: 1,
    asked: { vcpus: 1, memoryMiB: 1, gpus: 0 },
    containers: cpuSeconds.map((seconds, index) => ({
      name: `c${index}`,
      at,
      cpuSeconds: seconds,
      memoryBytes: 10,
      peakMemoryBytes: 20,
    })),
  };
}

test('how busy a task is follows from two measurements, of all its containers together', () => {
  const meter = new BusynessMeter();
  const measure = (...tasks: readonly ReturnType<typeof task>[]) =>
    meter.measure(tasks).map(({ busyness }) => busyness);
  assert.deepEqual(measure(task(1_000, 1, 0)), [{ memoryBytes: 20, peakMemoryBytes: 40 }]);
  assert.deepEqual(measure(task(3_000, 2, 3)), [{ cpus: 2, memoryBytes: 20, peakMemoryBytes: 40 }]);
  // The same measurement once more.
  assert.equal(measure(task(3_000, 2, 3))[0]?.cpus, 2);
  assert.equal(measure(task(4_000, 2, 3))[0]?.cpus, 0);
  // One that was not there for a while begins anew.
  measure();
  assert.equal(measure(task(5_000, 9, 9))[0]?.cpus, undefined);
});

test('what was not measured is not told', () => {
  const unmeasured = { ...task(1), containers: [{ name: 'c', at: 1 }] };
  assert.deepEqual(new BusynessMeter().measure([unmeasured])[0]?.busyness, {});
});
