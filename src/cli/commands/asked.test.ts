import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDetail } from '@aws-sdk/client-batch';
import { askedOf } from './asked.ts';

/** What the words come from, of a description. */
function asked(described: Partial<JobDetail>): string {
  return askedOf(described as JobDetail);
}

test('a pod asks for what its containers request, else for what they are limited to', () => {
  const containers = [
    { resources: { requests: { cpu: '0.5', memory: '512Mi' }, limits: { cpu: '2', memory: '512Mi' } } },
    { resources: { limits: { cpu: '1', memory: '1536Mi', 'nvidia.com/gpu': '1' } } },
  ];
  assert.equal(asked({ eksProperties: { podProperties: { containers } } }), '1.5 vCPUs, 2 GiB of memory, 1 GPU');
});

test('nodes that are for instances of one type say which, however it was given', () => {
  const range = { targetNodes: '0:', container: { vcpus: 1, memory: 64 } };
  const askedOnType = (more: object) => {
    const nodeRangeProperties = [{ ...range, ...more }];
    return asked({ nodeProperties: { numNodes: 2, mainNode: 0, nodeRangeProperties } });
  };
  const words = '2 nodes on c5.large (0: with 1 vCPU, 64 MiB of memory)';
  assert.equal(askedOnType({ container: { ...range.container, instanceType: 'c5.large' } }), words);
  assert.equal(askedOnType({ instanceTypes: ['c5.large'] }), words);
  assert.equal(askedOnType({}), '2 nodes (0: with 1 vCPU, 64 MiB of memory)');
});

test('nodes are told range by range, and consumable resources by name', () => {
  const resourceRequirements = [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '64' },
  ] as const;
  const container = { image: 'busybox', resourceRequirements: [...resourceRequirements] };
  const nodeRangeProperties = [
    { targetNodes: '0', container },
    { targetNodes: '1:', container: { image: 'busybox', vcpus: 2, memory: 128 } },
  ];
  const consumableResourceList = [
    { consumableResource: 'arn:aws:batch:r:1:consumable-resource/licences', quantity: 3 },
  ];
  assert.equal(
    asked({
      nodeProperties: { numNodes: 3, mainNode: 0, nodeRangeProperties },
      consumableResourceProperties: { consumableResourceList },
    }),
    '3 nodes (0 with 1 vCPU, 64 MiB of memory; 1: with 2 vCPUs, 128 MiB of memory), 3 of licences',
  );
});
