import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Region } from '../core/ids.ts';
import type { JobTraits } from '../core/job-record.ts';
import { Interned } from './interned.ts';

function traits(account: string): JobTraits {
  return {
    scope: { account: account as AccountId, region: 'us-east-1' as Region },
    jobQueueArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/q',
    jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/d:1',
    shareIdentifier: undefined,
    schedulingPriority: 0,
    user: 'arn:aws:iam::123456789012:root',
    dependsOn: [],
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
    timeoutSeconds: undefined,
    resources: { vcpus: 1, memoryMiB: 512, gpus: 0 },
  };
}

test('two accounts in one region keep their own scopes', () => {
  const interned = new Interned();
  for (const account of ['111111111111', '222222222222', '111111111111']) {
    assert.deepEqual(interned.traits(traits(account)), traits(account));
  }
});

test('a request for another kind of machine is another', () => {
  const interned = new Interned();
  const common = traits('111111111111');
  const machines = [undefined, 'windows', 'arm64', 'windows'] as const;
  for (const machine of machines) {
    const given = { ...common, resources: { ...common.resources, ...(machine && { machine }) } };
    assert.deepEqual(interned.traits(given), given);
  }
});

test('a request for another type of instance is another', () => {
  const interned = new Interned();
  const common = traits('111111111111');
  for (const instanceType of [undefined, 'c5.large', 'c5.xlarge', 'c5.large']) {
    const given = { ...common, resources: { ...common.resources, ...(instanceType && { instanceType }) } };
    assert.deepEqual(interned.traits(given), given);
  }
});

test('equal parts of traits are one object, whatever came between', () => {
  const interned = new Interned();
  const first = interned.traits(traits('111111111111'));
  const other = interned.traits(traits('222222222222'));
  const again = interned.traits(traits('111111111111'));
  assert.equal(again.scope, first.scope);
  for (const same of [other, again]) {
    assert.equal(same.resources, first.resources);
    assert.equal(same.retryStrategy, first.retryStrategy);
  }
});

test('what needs other consumable resources is not the same, and what needs the same is one object', () => {
  const interned = new Interned();
  const needing = (quantity: number): JobTraits => {
    const given = traits('111111111111');
    return { ...given, resources: { ...given.resources, consumables: [{ resource: 'arn:licences', quantity }] } };
  };
  const [none, one, two] = [traits('111111111111'), needing(1), needing(2)].map((each) => interned.traits(each));
  assert.deepEqual([none, one, two], [traits('111111111111'), needing(1), needing(2)]);
  assert.equal(interned.traits(needing(1)).resources, one?.resources);
});
