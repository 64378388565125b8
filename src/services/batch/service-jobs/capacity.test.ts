import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { trainingCapacity } from './capacity.ts';

const of = (ResourceConfig: unknown) => trainingCapacity(JSON.stringify({ TrainingJobName: 't', ResourceConfig }));

test('a request asks for so many instances of a type, or of each of its groups', () => {
  assert.deepEqual(of({ InstanceType: 'ml.c5.large', InstanceCount: 2 }), [{ unit: 'ml.c5.large', quantity: 2 }]);
  const group = (InstanceType: string, InstanceCount: number) => ({
    InstanceGroupName: 'g',
    InstanceType,
    InstanceCount,
  });
  assert.deepEqual(of({ InstanceGroups: [group('ml.a', 1), group('ml.b', 2), group('ml.a', 4)] }), [
    { unit: 'ml.a', quantity: 5 },
    { unit: 'ml.b', quantity: 2 },
  ]);
});

test('whatever else a request is, it asks for nothing that could be counted, and is never refused for it', () => {
  const odd = [
    undefined,
    null,
    [],
    'x',
    { InstanceType: 5, InstanceCount: 1 },
    { InstanceType: 'a', InstanceCount: 0.5 },
  ];
  for (const config of odd) assert.deepEqual(of(config), []);
  for (const InstanceCount of [0, -1, 1e300, '2']) assert.deepEqual(of({ InstanceType: 'a', InstanceCount }), []);
  for (const text of ['', '{', 'null', '[]', '"x"']) assert.deepEqual(trainingCapacity(text), []);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(trainingCapacity(text))));
});
