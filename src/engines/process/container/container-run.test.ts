import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ContainerBench } from '../testing/container-bench.ts';

const limit = { timeout: 60_000 };

describe('a container whose sandbox is still being set up', () => {
  let bench: ContainerBench;
  before(async () => {
    bench = await ContainerBench.open('bubblewrap');
  });
  after(() => bench.close());

  test('has not failed to start when it is told to end', limit, async () => {
    const { began, outcome } = await bench.runUnready('told to end');
    assert.deepEqual([began, outcome.reason, outcome.exitCode], [false, undefined, undefined]);
  });

  test('cannot be let go any more once its launcher has died', limit, async () => {
    const { outcome } = await bench.runOrphaned();
    assert.deepEqual([outcome.startedAt, outcome.exitCode], [undefined, 137]);
  });

  test('says why it could not start when it ends by itself', limit, async () => {
    const { began, outcome } = await bench.runUnready('fails');
    assert.deepEqual([began, outcome.reason], [false, 'CannotStartContainerError: the sandbox could not be set up']);
  });
});
