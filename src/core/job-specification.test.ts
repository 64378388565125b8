import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JobSpecification, nodeSpecification, sideCarsOf } from './job-specification.ts';

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

test('side-cars are the containers that say that they are not essential', () => {
  const [main, workers] = specification.nodes;
  assert.ok(main && workers);
  assert.deepEqual(sideCarsOf(main), []);
  assert.deepEqual(sideCarsOf(workers), ['proxy', 'default']);
});
