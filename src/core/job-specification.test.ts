import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JobSpecification, nodeSpecification, requestOf } from './job-specification.ts';

const resources = { list: [{ type: 'VCPU', value: '1' }] } as const;
const specification: JobSpecification = {
  request: { jobName: 'j' },
  nodes: [
    { range: { first: 0, last: 0 }, containers: [{ image: 'main', resources }] },
    {
      range: { first: 1, last: 3 },
      volumes: [{ name: 'shared' }],
      containers: [
        { name: 'proxy', essential: false, image: 'proxy', resources },
        { name: 'work', dependsOn: [{ container: 'proxy', condition: 'START' }], image: 'work', resources },
        { essential: false, image: 'rest', resources },
      ],
    },
  ],
};

test('a node runs what its range says, ends included, and a job without ranges the one thing it has', () => {
  const images = [0, 1, 3].map((index) => nodeSpecification(specification, index)?.containers[0]?.image);
  assert.deepEqual(images, ['main', 'proxy', 'proxy']);
  assert.equal(nodeSpecification(specification, 4), undefined);
  const single = { request: {}, nodes: [{ containers: [{ image: 'only', resources }] }] };
  assert.equal(nodeSpecification(single)?.containers[0]?.image, 'only');
});

test('what a container asks for is read from either form', () => {
  assert.deepEqual(requestOf({ vcpus: 2, memoryMiB: 64 }), { vcpus: 2, memoryMiB: 64, gpus: 0 });
  const list = [
    { type: 'VCPU', value: '0.25' },
    { type: 'MEMORY', value: '512' },
    { type: 'GPU', value: '1' },
  ] as const;
  assert.deepEqual(requestOf({ list }), { vcpus: 0.25, memoryMiB: 512, gpus: 1 });
});
