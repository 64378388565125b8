import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleOf, withSample } from './usage-samples.ts';

test('containers are added up, and how busy they are is told between two looks', () => {
  assert.equal(sampleOf([]), undefined);
  const first = sampleOf([
    { name: 'a', at: 1_000, cpuSeconds: 1, memoryBytes: 10 },
    { name: 'b', at: 2_000, memoryBytes: 5 },
  ]);
  assert.deepEqual(first, { at: 2_000, memoryBytes: 15, cpuSeconds: 1 });
  assert.ok(first);
  const second = withSample([first], { at: 4_000, memoryBytes: 20, cpuSeconds: 4 });
  assert.deepEqual(second[1], { at: 4_000, memoryBytes: 20, cpuSeconds: 4, vcpus: 1.5 });
  assert.equal(withSample(second, { at: 4_000, memoryBytes: 1, cpuSeconds: 9 }), second, 'the same time');
});

test('a curve is bounded', () => {
  let samples = withSample([], { at: 0, memoryBytes: 0, cpuSeconds: 0 });
  for (let at = 1; at <= 500; at += 1) samples = withSample(samples, { at, memoryBytes: at, cpuSeconds: 0 });
  assert.deepEqual([samples.length, samples.at(-1)?.memoryBytes], [120, 500]);
});
