import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimelineEvent } from '../../../../src/services/batch/batchyard/job-timeline.ts';
import { spansOf, timelineWords } from './timeline-words.ts';

const submitted: TimelineEvent = { what: 'submitted', at: 0 };
const started: TimelineEvent = { what: 'attempt-started', at: 10, attempt: 1 };
const endedAttempt: TimelineEvent = { what: 'attempt-ended', at: 30, attempt: 1, exitCode: 1, reason: 'r' };
const ended: TimelineEvent = { what: 'ended', at: 50, status: 'FAILED' };

test('a life waits and runs by turns, until it ends or now', () => {
  const waits = { kind: 'waits', from: 0, to: 10 };
  const runs = { kind: 'runs', from: 10, to: 30 };
  assert.deepEqual(spansOf([], 5), []);
  assert.deepEqual(spansOf([submitted], 5), [{ kind: 'waits', from: 0, to: 5 }]);
  assert.deepEqual(spansOf([submitted, started], 30), [waits, runs]);
  assert.deepEqual(spansOf([submitted, started, endedAttempt], 40), [waits, runs, { kind: 'waits', from: 30, to: 40 }]);
  assert.deepEqual(spansOf([submitted, started, endedAttempt, { ...ended, at: 30 }], 99), [waits, runs]);
});

test('each event has words of its own, with what it tells', () => {
  const text = (key: string, values: object = {}) => `${key} ${JSON.stringify(values)}`;
  assert.equal(
    timelineWords(endedAttempt, text),
    'job.event.attempt-ended {"attempt":1,"how":"failure.exit {\\"exitCode\\":1}, r"}',
  );
  const stop: TimelineEvent = { what: 'stop-asked', at: 1, reason: 'enough' };
  assert.equal(timelineWords(stop, text), 'job.event.stop-asked {"how":"job.event.by-service {}","reason":"enough"}');
});
