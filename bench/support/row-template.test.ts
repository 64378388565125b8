import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnChanges, type Sample } from './row-template.ts';
import { sampleSubmits } from './submit-samples.ts';

const times = { from: 5_000, to: 5_999 };

function sample(number: number, more: object = {}): Sample {
  const [jobId, jobName] = [`id-${number}-0123456789ab`, `name-${number}`];
  const record = { jobId, jobName, arn: `arn:job/${jobId}`, order: 10 + number, createdAt: 5_000 + number, ...more };
  return {
    jobId,
    jobName,
    changes: [
      { kind: 'insert', record, shared: { image: 'host' } },
      { kind: 'fact', jobId },
    ],
  };
}

test('the changes of another submission have its own ids, names, times and numbers, and share what is equal', () => {
  const second = sample(2);
  const changesOf = learnChanges(sample(1), second, times);
  const made = changesOf({ jobId: 'id-9-0123456789ab', jobName: 'name-9', number: 6, now: 7_777 });
  const expected = sample(9, { createdAt: 7_777 });
  assert.deepEqual(made, expected.changes);
  const sharedOf = (changes: readonly object[]) => (changes[0] as { readonly shared: object }).shared;
  assert.equal(sharedOf(made), sharedOf(second.changes));
});

test('an id that is neither the job’s nor its name is as long, and another each time', () => {
  const changesOf = learnChanges(
    sample(1, { requestId: 'aaaa-000000000001' }),
    sample(2, { requestId: 'aaaa-0000000000ff' }),
    times,
  );
  const idOf = (jobId: string) =>
    (changesOf({ jobId, jobName: 'n', number: 0, now: 1 })[0] as { readonly record: { readonly requestId: string } })
      .record.requestId;
  assert.equal(idOf('x-0123456789ab'), 'aaaa-0123456789ab');
  assert.equal(idOf('x-0123456789ac'), 'aaaa-0123456789ac');
});

test('what two submissions do not have in common is refused', () => {
  assert.throws(() => learnChanges(sample(1), sample(2, { more: 1 }), times), /other members at changes\.0\.record/);
  assert.throws(
    () => learnChanges(sample(1, { tag: 1 }), sample(2, { tag: 'a' }), times),
    /differ at .*tag: 1 and "a"/,
  );
});

test('what a server commits for a job is learned, down to the last member', async () => {
  const { first, second, times: taken } = await sampleSubmits();
  const changesOf = learnChanges(first, second, taken);
  const again = changesOf({ jobId: second.jobId, jobName: second.jobName, number: -1, now: 1 });
  const untimed = (changes: readonly object[]) =>
    JSON.parse(JSON.stringify(changes), (_key, value) =>
      value === 1 || (typeof value === 'number' && value >= taken.from && value <= taken.to) ? 'now' : value,
    );
  const withoutIds = (changes: readonly object[]) =>
    JSON.stringify(untimed(changes)).replaceAll(/[0-9a-f]{12}(?=")/g, '');
  assert.equal(withoutIds(again), withoutIds(second.changes));
});
