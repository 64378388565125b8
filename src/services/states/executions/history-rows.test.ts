import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '../../../asl/index.ts';
import { historyRows } from './history-rows.ts';

function events(count: number, text: string): HistoryEvent[] {
  return Array.from({ length: count }, (_, at) => ({
    timestamp: 0,
    type: 'PassStateEntered',
    id: at + 1,
    previousEventId: at,
    stateEnteredEventDetails: { name: 'A', input: text },
  }));
}

test('small events share a row, up to 200; large ones have rows of their own; none is lost', () => {
  const lengths = (given: HistoryEvent[]) => historyRows(given).map((row) => row.length);
  assert.deepEqual(lengths([]), []);
  assert.deepEqual(lengths(events(401, '{}')), [200, 200, 1]);
  assert.deepEqual(lengths(events(3, 'x'.repeat(200_000))), [1, 1, 1]);
  const mixed = [...events(2, 'x'.repeat(60_000)), ...events(1, 'x'.repeat(100_000))];
  assert.deepEqual(lengths(mixed), [2, 1]);
  assert.deepEqual(historyRows(mixed).flat(), mixed);
});
