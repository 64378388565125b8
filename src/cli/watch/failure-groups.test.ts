import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureWords } from './failure.ts';
import { groupFailures } from './failure-groups.ts';

const lost = (member: number, instance: string) => ({
  member,
  failure: { statusReason: `Host EC2 (instance ${instance}) terminated.` },
});

test('failures that differ only in the instance or task that they name are one group', () => {
  const [group, ...rest] = groupFailures([lost(7, 'i-0123456789abcdef0'), lost(2, 'i-0123456789abcdef1')]);
  assert.deepEqual([rest.length, group?.members], [0, [2, 7]]);
  assert.equal(failureWords(group?.failure ?? {}), 'Host EC2 (instance …) terminated.');
  const [same] = groupFailures([lost(1, 'i-0123456789abcdef0'), lost(2, 'i-0123456789abcdef0')]);
  assert.equal(failureWords(same?.failure ?? {}), 'Host EC2 (instance i-0123456789abcdef0) terminated.');
});
