import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagCalls } from './changed-tags.ts';

test('tags are changed by what is new or other, and by what is gone', () => {
  const before = { team: 'a', cost: '1', old: 'x' };
  const calls = tagCalls('arn', before, { team: 'a', cost: '2', more: 'y' });
  assert.deepEqual(
    calls.map(({ operation, input }) => [operation, input]),
    [
      ['TagResource', { resourceArn: 'arn', tags: { cost: '2', more: 'y' } }],
      ['UntagResource', { resourceArn: 'arn', tagKeys: ['old'] }],
    ],
  );
  assert.deepEqual(tagCalls('arn', before, before), []);
});
