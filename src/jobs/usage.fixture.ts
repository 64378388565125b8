import assert from 'node:assert/strict';
import type { TestStore } from './test-store.fixture.ts';

/** What is durable of usage is that of the attempts that have ended, each once. */
export function checkUsage(store: TestStore): void {
  const seconds = store
    .endedAttempts()
    .map(({ startedAt, stoppedAt }) => (stoppedAt - (startedAt ?? stoppedAt)) / 1_000);
  assert.deepEqual(store.usage.map((usage) => usage.seconds).sort(), seconds.sort(), 'the usage of attempts');
  for (const { attempts, vcpuSeconds, ...usage } of store.usage) {
    assert.deepEqual([attempts, vcpuSeconds, usage.jobDefinitionArn], [1, usage.seconds, 'd']);
  }
}
