import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskId } from '../core/ids.ts';
import type { EngineEvent } from './contract.ts';
import { UnreleasedEvents } from './unreleased-events.ts';

const taskIds = ['a', 'b', 'c'] as TaskId[];

function threeReports(): UnreleasedEvents {
  const events = new UnreleasedEvents();
  for (const taskId of taskIds) events.add({ kind: 'running', taskId, sequence: 1, at: 0, notes: [] });
  return events;
}

async function heard(events: UnreleasedEvents, onEvent: (event: EngineEvent, stop: () => void) => void) {
  const listening = new AbortController();
  const ids: TaskId[] = [];
  for await (const event of events.stream(listening.signal)) {
    ids.push(event.taskId);
    onEvent(event, () => listening.abort());
  }
  return ids;
}

test('who stops listening at a report hears none of those that stood behind it, and all of them the next time', async () => {
  const events = threeReports();
  assert.deepEqual(await heard(events, (_, stop) => stop()), ['a']);
  assert.deepEqual(await heard(events, ({ taskId }, stop) => taskId === 'c' && stop()), taskIds);
});

test('a task that is released while others are reported is not reported any more', async () => {
  const events = threeReports();
  const ids = await heard(events, ({ taskId }, stop) => {
    if (taskId === 'a') events.release('b' as TaskId);
    if (taskId === 'c') stop();
  });
  assert.deepEqual(ids, ['a', 'c']);
});
