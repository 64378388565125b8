import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench, scope, settle } from './executions.fixture.ts';

async function facts({ store }: Bench) {
  const found = await store.reads.facts({ from: 0, limit: 100 });
  return found.flatMap(({ fact }) => (fact.kind === 'execution' ? [[fact.executionArn, fact.from, fact.to]] : []));
}

test('a Standard execution that begins, ends and is redriven is a fact each time, and no step between them', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', {
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Fail', Error: 'E' } },
  });
  const { executionArn } = await bench.executions.start(scope, { runnable, name: 'e' });
  await settle(bench);
  assert.deepEqual(await facts(bench), [
    [executionArn, undefined, 'RUNNING'],
    [executionArn, 'RUNNING', 'FAILED'],
  ]);
});

test('of an Express execution there is no fact', async () => {
  const bench = await openBench();
  const definition = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
  const runnable = bench.catalog.add('m', definition, { kind: 'EXPRESS' });
  await bench.executions.start(scope, { runnable, name: 'e' });
  await settle(bench);
  assert.deepEqual(await facts(bench), []);
});
