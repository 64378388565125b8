import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateOf } from './start-estimate.ts';

test('what runs for ever is not blamed where nothing is registered, or no environment launches the type of the nodes', () => {
  const assumed = { history: 0, timeout: 0, nowhere: 1 };
  const endless = ['arn:aws:batch:us-east-1:123456789012:job-definition/endless:1'];
  const reasons = [
    { kind: 'instances-unregistered', environments: [] },
    { kind: 'instance-type-not-launchable', instanceType: 'm5.large', environments: [] },
  ] as const;
  for (const waiting of reasons) {
    const estimate = estimateOf({ kind: 'stands', endless, waiting }, assumed);
    assert.ok(estimate.kind === 'unknown');
    assert.deepEqual(estimate.reason, { kind: 'never-by-itself' });
  }
  const full = { kind: 'registered-instances-full', environments: [] } as const;
  const estimate = estimateOf({ kind: 'stands', endless, waiting: full }, assumed);
  assert.ok(estimate.kind === 'unknown');
  assert.equal(estimate.reason.kind, 'no-run-time');
});
