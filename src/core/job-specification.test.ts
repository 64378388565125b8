import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestOf } from './job-specification.ts';

test('what a container asks for is read from either form', () => {
  assert.deepEqual(requestOf({ vcpus: 2, memoryMiB: 64 }), { vcpus: 2, memoryMiB: 64, gpus: 0 });
  const list = [
    { type: 'VCPU', value: '0.25' },
    { type: 'MEMORY', value: '512' },
    { type: 'GPU', value: '1' },
  ] as const;
  assert.deepEqual(requestOf({ list }), { vcpus: 0.25, memoryMiB: 512, gpus: 1 });
});
