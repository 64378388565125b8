import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, smallDefinition } from '../batch.fixture.ts';

test('a definition has one task, in one form', async () => {
  const { refusal } = await openBench();
  const task = { containers: [] };
  for (const [change, words] of [
    [
      { containerProperties: undefined, ecsProperties: { taskProperties: [task, task] } },
      /^ecsProperties must have exactly 1 element in taskProperties\.$/,
    ],
    [
      { ecsProperties: { taskProperties: [task] } },
      /^Only one of containerProperties and ecsProperties can be specified\.$/,
    ],
  ] as const)
    assert.match(await refusal('RegisterJobDefinition', { ...smallDefinition, ...change }), words);
});
