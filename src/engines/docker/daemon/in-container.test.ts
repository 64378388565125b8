import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInContainer } from './in-container.ts';

test('a process of this machine is of no container whose id the kernel does not tell of it', () => {
  assert.equal(isInContainer(process.pid, '0'.repeat(64)), false);
  // Its groups have paths, all with a slash.
  for (const id of ['', '/', ':']) assert.equal(isInContainer(process.pid, id), false);
  assert.equal(isInContainer(2 ** 22 + 1, '0'.repeat(64)), false);
});
