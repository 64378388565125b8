import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, smallDefinition } from '../batch.fixture.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012:consumable-resource/licences';
const needs = (...consumableResourceList: object[]) => ({
  ...smallDefinition,
  consumableResourceProperties: { consumableResourceList },
});
const five = ['a', 'b', 'c', 'd', arn].map((consumableResource) => ({ consumableResource, quantity: 1 }));

test('a definition says which consumable resources its jobs need, up to five, and is read back so (spec 09, 2025-02-26)', async () => {
  const { call } = await openBench();
  const definition = needs(...five.slice(1), { consumableResource: 'tokens', quantity: 5_000_000_000 });
  await call('RegisterJobDefinition', definition);
  const { jobDefinitions } = await call<{ jobDefinitions: object[] }>('DescribeJobDefinitions', {});
  assert.deepEqual(
    Object.entries(jobDefinitions[0] ?? {}).filter(([member]) => member.startsWith('consumable')),
    [['consumableResourceProperties', definition.consumableResourceProperties]],
  );
});

const refused: readonly (readonly [why: string, input: object, words: string])[] = [
  [
    'a sixth',
    needs(...five, { consumableResource: 'e', quantity: 1 }),
    'Each ConsumableResourceProperty can have at most 5 consumableResources',
  ],
  [
    'one twice',
    needs({ consumableResource: 'a', quantity: 1 }, { consumableResource: 'a', quantity: 2 }),
    'Cannot have duplicate consumableResource in consumableResourceProperties',
  ],
  ['one without name', needs({ quantity: 1 }), 'consumableResource is required in consumableResourceProperties.'],
  [
    'an ARN of something else',
    needs({ consumableResource: 'arn:aws:batch:us-east-1:123456789012:job-queue/q', quantity: 1 }),
    'consumableResource arn:aws:batch:us-east-1:123456789012:job-queue/q is neither a name nor an ARN of a consumable resource.',
  ],
  ['one without quantity', needs({ consumableResource: 'a' }), 'quantity of consumable resource a is required.'],
  [
    'none of one',
    needs({ consumableResource: 'a', quantity: 0 }),
    'quantity of consumable resource a must be at least 1, got 0.',
  ],
];
for (const [why, input, words] of refused) {
  test(`a definition that needs ${why} of the consumable resources is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('RegisterJobDefinition', input), words);
  });
}
