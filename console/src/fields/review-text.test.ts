import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reviewText, unasked } from './review-text.ts';
import { submitJobPlan } from './submit-job.ts';
import { typedInput } from './typed-input.ts';

test('the review shows what is said, and what no field is for beside it', () => {
  const plan = submitJobPlan('container');
  const input = { jobName: 'a', tags: { team: 'b' }, arrayProperties: { size: 3 }, containerOverrides: { vcpus: 2 } };
  const shown = plan.steps.flatMap(({ fields, more = [] }) =>
    [...fields, ...more].flatMap((field) => reviewText(field, input) ?? []),
  );
  assert.deepEqual(shown, ['a', '3', '{"team":"b"}']);
  assert.deepEqual(unasked(plan, input), { containerOverrides: { vcpus: 2 } });
});

test('JSON counts once it is an object', () => {
  assert.deepEqual(typedInput('{"a": 1}'), { a: 1 });
  for (const text of ['', '{', '[1]', 'null', '3']) assert.equal(typedInput(text), undefined, text);
});
