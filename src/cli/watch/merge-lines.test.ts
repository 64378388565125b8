import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeByTime } from './merge-lines.ts';

interface Line {
  readonly timestamp: number;
  readonly from: string;
}

async function* source(from: string, ...timestamps: readonly number[]): AsyncGenerator<Line> {
  for (const timestamp of timestamps) yield { timestamp, from };
}

test('lines of several sources come by time, and those of one source in its own order', async () => {
  const merged = await Array.fromAsync(mergeByTime([source('a', 1, 5, 4), source('b'), source('c', 0, 1, 9)]));
  const told = merged.map(({ from, timestamp }) => `${from}${timestamp}`);
  assert.deepEqual(told, ['c0', 'a1', 'c1', 'a5', 'a4', 'c9']);
});
