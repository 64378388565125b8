import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedMembers } from './changed.ts';

test('an update says what differs, inside an object too where the API takes parts of it', () => {
  const before = { state: 'ENABLED', computeResources: { minvCpus: 0, maxvCpus: 4, subnets: ['a'] } };
  const after = { state: 'ENABLED', computeResources: { minvCpus: 0, maxvCpus: 8, subnets: ['a'] } };
  assert.deepEqual(changedMembers(before, after, ['computeResources']), { computeResources: { maxvCpus: 8 } });
  assert.deepEqual(changedMembers(before, after), { computeResources: after.computeResources });
  assert.deepEqual(changedMembers(before, before), {});
  assert.deepEqual(changedMembers({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }), {});
});

test('what is taken away is said to be empty', () => {
  const before = { keyPair: 'mine', groups: ['a'], template: { name: 'one', version: '1' }, bid: 3 };
  assert.deepEqual(changedMembers(before, {}), { keyPair: '', groups: [], template: { name: '', version: '' } });
});
