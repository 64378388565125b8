import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logGroupOf, logStreamsOf } from './log-streams.ts';

test('the streams of a job are those of its attempts, the last one first, each once', () => {
  const attempts = [{ container: { logStreamName: 'a' } }, { container: { logStreamName: 'b' } }];
  assert.deepEqual(logStreamsOf({ attempts, container: { logStreamName: 'b' } }), [
    { attempt: 2, name: 'b' },
    { attempt: 1, name: 'a' },
  ]);
  assert.deepEqual(logStreamsOf({ attempts, container: { logStreamName: 'c' } })[0], { attempt: 3, name: 'c' });
  assert.deepEqual(logStreamsOf({}), []);
});

test('each container of a task has its own', () => {
  const containers = [
    { name: 'main', logStreamName: 'm' },
    { name: 'side', logStreamName: 's' },
  ];
  assert.deepEqual(logStreamsOf({ attempts: [{ taskProperties: [{ containers }] }] }), [
    { attempt: 1, container: 'side', name: 's' },
    { attempt: 1, container: 'main', name: 'm' },
  ]);
});

test('the group is that of the driver, or the usual one', () => {
  assert.equal(logGroupOf({}), '/aws/batch/job');
  const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'own' } } as const;
  assert.equal(logGroupOf({ container: { logConfiguration } }), 'own');
});
