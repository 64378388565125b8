import assert from 'node:assert/strict';
import type { TestStore } from './test-store.fixture.ts';

/** What is durable of usage is that of the attempts that have ended, each once. */
export function checkUsage(store: TestStore): void {
  const expected = store.endedAttempts().map(({ attempt: { startedAt, stoppedAt }, vcpus }) => {
    const seconds = (stoppedAt - (startedAt ?? stoppedAt)) / 1_000;
    return [seconds, seconds * vcpus];
  });
  const counted = store.usage.map(({ seconds, vcpuSeconds }) => [seconds, vcpuSeconds]);
  assert.deepEqual(counted.sort(), expected.sort(), 'the usage of attempts');
  for (const { attempts, jobDefinitionArn } of store.usage) assert.deepEqual([attempts, jobDefinitionArn], [1, 'd']);
}
