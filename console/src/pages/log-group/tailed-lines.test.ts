import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tailed } from './tailed-lines.ts';

test('what comes stands behind what is there, and the oldest go when there are more than ten thousand', () => {
  const update = (count: number) => ({
    sessionResults: Array.from({ length: count }, (_, at) => ({
      timestamp: at,
      logStreamName: 's',
      message: `m${at}`,
    })),
  });
  const first = tailed([], update(2));
  assert.deepEqual(first, [
    { id: '1', at: 0, stream: 's', message: 'm0' },
    { id: '2', at: 1, stream: 's', message: 'm1' },
  ]);
  assert.equal(tailed(first, {}), first, 'nothing new is nothing to draw');
  const many = tailed(first, update(10_000));
  assert.equal(many.length, 10_000);
  assert.equal(many[0]?.id, '3');
  assert.equal(new Set(many.map(({ id }) => id)).size, many.length);
});
