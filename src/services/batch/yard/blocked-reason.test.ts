import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeadReason } from '../../../scheduler/index.ts';
import { blockedReason, codeOf, whenTold } from './blocked-reason.ts';

const computeEnvironmentArn = 'arn:aws:batch:us-east-1:123456789012:compute-environment/ce';

test('a queue that is blocked by a type of instance which no environment launches has the code of AWS, and names the type', () => {
  const reason: HeadReason = {
    kind: 'instance-type-not-launchable',
    instanceType: 'p3.2xlarge',
    environments: [
      { computeEnvironmentArn, kind: 'type-not-launchable', instanceType: 'p3.2xlarge', offers: ['c5.large'] },
    ],
  };
  const code = 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT';
  assert.equal(codeOf(reason.kind), code);
  const words = blockedReason(reason, 'c5');
  assert.ok(words.startsWith(`${code} - The job resource requirement`), words);
  assert.match(
    words,
    /Its nodes are for instances of type p3\.2xlarge alone \(ce: launches no p3\.2xlarge, but c5\.large\)\.$/,
  );
});

test('capacity that does not come is that of the type which was tried', () => {
  const type = {
    ...{ name: 'c5.xlarge', vcpus: 4, capacity: { vcpuMillis: 4_000, memoryMiB: 7_577, gpus: 0 } },
    ...{ onDemand: 0.17, spot: 0.06, interruption: 0 },
  };
  const passedOver = [{ type, why: { kind: 'backing-off' as const, until: 1_000 } }];
  const environments = [{ computeEnvironmentArn, kind: 'no-instance' as const, passedOver }];
  assert.match(blockedReason({ kind: 'instances-unavailable', environments }, 'c5'), /instance type \[c5\.xlarge\]$/);
  const full = {
    kind: 'pool-capacity',
    pool: 'host',
    missing: { vcpus: 1, memoryMiB: 0, gpus: 0 },
    limits: [],
  } as const;
  assert.match(blockedReason(full, 'c5'), /instance type \[c5\]$/);
});

test('a queue is told at once that minvCpus leaves no room for its head, under a code that an action may name', () => {
  const amounts = { minvCpus: 8, usedVcpus: 8, maxvCpus: 8, requestedVcpus: 4, instances: 2 };
  const verdict = { kind: 'full-for-minimum', ...amounts, next: { name: 'c5.large', vcpus: 2 } } as const;
  const reason: HeadReason = {
    kind: 'minimum-leaves-no-room',
    environments: [{ computeEnvironmentArn, ...verdict }],
  };
  const code = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
  assert.deepEqual([whenTold(reason.kind), codeOf(reason.kind)], ['at-once', code]);
  const words = blockedReason(reason, 'c5');
  assert.ok(words.startsWith(`${code} - CE(s) associated`) && words.endsWith('but minvCpus 8 keeps others)'), words);
});
