import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, passes } from '../states.fixture.ts';

interface Answer {
  readonly result: string;
  readonly diagnostics: readonly { readonly severity: string; readonly code: string; readonly location?: string }[];
  readonly truncated: boolean;
}

const validate = async (input: object) => (await openBench()).call<Answer>('ValidateStateMachineDefinition', input);

test('a good definition is OK', async () => {
  assert.deepEqual(await validate({ definition: passes }), { result: 'OK', diagnostics: [], truncated: false });
});

test('all that is wrong is told with code and place', async () => {
  const definition = JSON.stringify({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'Nowhere' }, B: { Type: 'Nonsense' } },
  });
  const { result, diagnostics, truncated } = await validate({ definition });
  assert.equal(result, 'FAIL');
  assert.equal(truncated, false);
  const found = diagnostics.map(({ code, location }) => `${code} ${location}`);
  assert.ok(found.includes('MISSING_TRANSITION_TARGET /States/A/Next'), found.join());
  assert.ok(found.includes('SCHEMA_VALIDATION_FAILED /States/B/Type'), found.join());
});

test('warnings are told where they are asked for, and prevent nothing', async () => {
  const definition = JSON.stringify({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Result: { 'a.$': '$.b' }, End: true } },
  });
  assert.deepEqual(await validate({ definition }), { result: 'OK', diagnostics: [], truncated: false });
  const { result, diagnostics } = await validate({ definition, severity: 'WARNING' });
  assert.equal(result, 'OK');
  assert.deepEqual(
    diagnostics.map(({ severity, code }) => [severity, code]),
    [['WARNING', 'PASS_RESULT_IS_STATIC']],
  );
});

test('no more diagnostics are told than asked for', async () => {
  const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, C: { Type: 'Wait' } } });
  const all = await validate({ definition });
  assert.ok(all.diagnostics.length > 1);
  const one = await validate({ definition, maxResults: 1 });
  assert.deepEqual(one, { result: 'FAIL', diagnostics: all.diagnostics.slice(0, 1), truncated: true });
  assert.deepEqual(await validate({ definition, maxResults: 0 }), all);
});

test('what AWS would not call, or not in an Express workflow, is an error', async () => {
  const Parameters = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' };
  const task = (Resource: string) =>
    JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', Resource, Parameters, End: true } } });
  const lambda = task('arn:aws:lambda:us-east-1:123456789012:function:f');
  assert.equal((await validate({ definition: lambda })).result, 'OK');
  assert.equal((await validate({ definition: task('arn:aws:states:::batch:describeJobs') })).result, 'FAIL');
  const sync = task('arn:aws:states:::batch:submitJob.sync');
  assert.equal((await validate({ definition: sync })).result, 'OK');
  assert.equal((await validate({ definition: sync, type: 'EXPRESS' })).result, 'FAIL');
});
