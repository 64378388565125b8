import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTurns } from '../../../core/count-turns.fixture.ts';
import { type Bench, openBench, scope } from '../states.fixture.ts';

const roleArn = 'arn:aws:iam::123456789012:role/r';

/** A flow of so many states, each of which leads to the next. */
function chain(size: number, prefix = 's'): object {
  const states = Array.from({ length: size }, (_, index) => {
    const next = index + 1 < size ? { Next: `${prefix}${index + 1}` } : { End: true };
    return [`${prefix}${index}`, { Type: 'Pass', ...next }] as const;
  });
  return { StartAt: `${prefix}0`, States: Object.fromEntries(states) };
}

/** The same states below a branch, a Map's processor and a branch of that. */
function nested(size: number): object {
  const processor = { StartAt: 'p', States: { p: { Type: 'Parallel', End: true, Branches: [chain(size)] } } };
  return { StartAt: 'm', States: { m: { Type: 'Map', End: true, ItemProcessor: processor } } };
}

const size = 10_000;
/** A state is looked at four times at least: as it is read, for where it leads, whether it is reached, and its variables. */
const turnsOfOneLook = (4 * size) / 500;

const requests: Readonly<Record<string, (bench: Bench, definition: string) => Promise<unknown>>> = {
  CreateStateMachine: (bench, definition) => bench.call('CreateStateMachine', { name: 'm', definition, roleArn }),
  UpdateStateMachine: async (bench, definition) =>
    bench.call('UpdateStateMachine', { stateMachineArn: await bench.create('m'), definition }),
  ValidateStateMachineDefinition: (bench, definition) => bench.call('ValidateStateMachineDefinition', { definition }),
  TestState: (bench, definition) => bench.call('TestState', { definition, stateName: 's0', roleArn, input: '{}' }),
};

for (const [shape, make] of Object.entries({ chain, nested })) {
  for (const [operation, request] of Object.entries(requests)) {
    test(`${operation} of 10,000 states in a ${shape} lets others have their turn`, async () => {
      const bench = await openBench();
      const turns = await countTurns(() => request(bench, JSON.stringify(make(size))));
      assert.ok(turns >= turnsOfOneLook, `${turns} turns`);
    });
  }
}

test('what was compiled to be checked is not compiled again', async () => {
  const bench = await openBench();
  const compiled: unknown[] = [];
  const { keep } = bench.catalog;
  bench.catalog.keep = (revision, machine) => {
    compiled.push(machine);
    keep.call(bench.catalog, revision, machine);
  };
  const definition = JSON.stringify(chain(2));
  const { stateMachineArn } = await bench.call<{ stateMachineArn: string }>('CreateStateMachine', {
    ...{ name: 'm', definition, roleArn },
  });
  await bench.call('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(chain(3)) });
  assert.equal(compiled.length, 2);
  assert.equal(bench.catalog.compile(bench.catalog.resolve(scope, stateMachineArn).revision), compiled[1]);
});
