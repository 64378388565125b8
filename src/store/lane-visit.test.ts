import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../core/clock.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { LaneSlots } from './lane-slots.ts';
import { LaneVisit, type LaneVisitOptions } from './lane-visit.ts';
import type { LaneItem } from './lanes.ts';

function itemOf(key: string): LaneItem {
  const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
  return { ...scope, of: 'test', lane: 'l', key, dueAt: 0, tries: 0, text: '' };
}

test('what ends while the lane is being read is not begun again because the read still shows it', async () => {
  const reads: ((items: readonly LaneItem[]) => void)[] = [];
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const laneItems = () => new Promise<readonly LaneItem[]>((resolve) => reads.push(resolve));
  const visit = new LaneVisit(
    {
      ledger: { store: { reads: { laneItems } } } as unknown as LaneVisitOptions['ledger'],
      ...{ clock: new ManualClock(), slots: new LaneSlots(10), pace: new Map(), atOnce: 10, longestWait: 1000 },
      begin: ({ key }) => {
        begun.push(key);
        return { gap: 0, over: new Promise((resolve) => ends.set(key, () => resolve('delivered'))) };
      },
    },
    'test',
    'l',
    new AbortController().signal,
  );
  const answer = async (...keys: readonly string[]) => {
    reads.shift()?.(keys.map(itemOf));
    await nextTurn();
  };
  const end = async (key: string) => {
    ends.get(key)?.();
    await nextTurn();
  };
  const over = visit.run();
  await answer('a');
  await end('a');
  await answer('b');
  // More has come: it is read while b is under way.
  visit.wake();
  await nextTurn();
  await end('b');
  await answer('b');
  while (reads.length > 0) await answer();
  assert.deepEqual(begun, ['a', 'b']);
  await over;
});

test('a try that cannot begin leaves its slot to others, and the visit fails', async () => {
  const slots = new LaneSlots(1);
  const laneItems = async () => [itemOf('a')];
  const visit = new LaneVisit(
    {
      ledger: { store: { reads: { laneItems } } } as unknown as LaneVisitOptions['ledger'],
      ...{ clock: new ManualClock(), slots, pace: new Map(), atOnce: 10, longestWait: 1000 },
      begin: () => {
        throw new Error('it cannot be read');
      },
    },
    'test',
    'l',
    new AbortController().signal,
  );
  await assert.rejects(visit.run(), /it cannot be read/);
  assert.ok(slots.take(false));
});
