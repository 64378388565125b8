import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerRecord, ContainerResources, JobSpecification, NodeSpecification } from './job-specification.ts';
import { nodeOfLayers, nodeRuns, nodeSpecification } from './node-specification.ts';

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

function range(first: number, last: number, container: Partial<ContainerRecord>, more: object = {}): NodeSpecification {
  return { range: { first, last }, containers: [{ image: '', resources: {}, ...container }], ...more };
}

test('of ranges in each other the shorter one comes first, of equal ones the later, member by member', () => {
  const ranges = [
    range(2, 3, { command: ['inner'] }),
    range(0, 9, { image: 'outer', command: ['outer'], user: 'me' }, { jobRole: 'role', volumes: [{ name: 'v' }] }),
    range(2, 3, { image: 'later', readonlyRootFilesystem: false }),
  ];
  assert.deepEqual(nodeOfLayers(ranges, 3), {
    ...ranges[2],
    jobRole: 'role',
    volumes: [{ name: 'v' }],
    containers: [{ image: 'later', command: ['inner'], user: 'me', readonlyRootFilesystem: false, resources: {} }],
  });
  assert.equal(nodeOfLayers(ranges, 10), undefined);
});

test('a task is not mixed with another', () => {
  const task = (first: number, last: number, ...names: string[]): NodeSpecification => ({
    ...range(first, last, {}),
    isTask: true,
    containers: names.map((name) => ({ name, image: name, resources })),
  });
  const node = nodeOfLayers([task(0, 3, 'a', 'b'), task(1, 1, 'b')], 1);
  assert.deepEqual(
    node?.containers.map(({ name }) => name),
    ['b'],
  );
});

const vcpu = (value: string) => ({ type: 'VCPU' as const, value });
const memory = (value: string) => ({ type: 'MEMORY' as const, value });
const gpu = { type: 'GPU' as const, value: '1' };
const overlays: readonly (readonly [outer: ContainerResources, inner: ContainerResources, both: ContainerResources])[] =
  [
    [{ vcpus: 1, memoryMiB: 4 }, {}, { vcpus: 1, memoryMiB: 4 }],
    [{ vcpus: 1, memoryMiB: 4 }, { vcpus: 2 }, { vcpus: 2, memoryMiB: 4 }],
    [{ vcpus: 1, memoryMiB: 4 }, { list: [memory('8')] }, { vcpus: 1, list: [memory('8')] }],
    [{ list: [vcpu('1'), memory('4')] }, { memoryMiB: 8 }, { memoryMiB: 8, list: [vcpu('1')] }],
    [{ list: [vcpu('1'), memory('4'), gpu] }, { list: [memory('8')] }, { list: [vcpu('1'), gpu, memory('8')] }],
  ];

test('amounts are overridden one by one, in whatever form they are given', () => {
  for (const [outer, inner, both] of overlays) {
    const node = nodeOfLayers([range(0, 1, { resources: outer }), range(0, 0, { resources: inner })], 0);
    assert.deepEqual(node?.containers[0]?.resources, both);
  }
});

test('nodes next to each other for which the same is said are one run', () => {
  const ranges = [range(0, 7, { image: 'a' }), range(2, 3, { image: 'b' }), range(5, 7, { image: 'c' })];
  const runs = nodeRuns(ranges, 10).map(({ first, last, node }) => [first, last, node?.containers[0]?.image]);
  assert.deepEqual(runs, [
    [0, 1, 'a'],
    [2, 3, 'b'],
    [4, 4, 'a'],
    [5, 7, 'c'],
    [8, 9, undefined],
  ]);
});
