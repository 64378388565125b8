import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccountId, Arn, TaskId } from '../../core/ids.ts';
import { AttemptSeals, roleOfAttempt, type SealedAttempt } from './attempt-seals.ts';

const seals = new AttemptSeals('root secret');
const taskId = '0'.repeat(31).concat('1') as TaskId;
const roleArn = 'arn:aws:iam::123456789012:role/team/worker' as Arn;
const attempt: SealedAttempt = { account: '123456789012' as AccountId, taskId, roleArn, sharesS3: false };

test('a seal opens to what was sealed, on every server with the same root key, and is the same each time', () => {
  const seal = seals.seal('credentials', attempt);
  assert.deepEqual(new AttemptSeals('root secret').open('credentials', seal), attempt);
  assert.equal(seals.seal('credentials', attempt), seal);
  assert.match(seal, /^[\w-]+$/);
});

test('a seal of one use, or of another root key, opens nothing', () => {
  const seal = seals.seal('calls', attempt);
  assert.equal(seals.open('credentials', seal), undefined);
  assert.equal(new AttemptSeals('another').open('calls', seal), undefined);
});

test('no byte of a seal can be changed, left out or added', () => {
  const bytes = Buffer.from(seals.seal('credentials', attempt), 'base64url');
  const changed = fc.oneof(
    fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ by;
      return copy;
    }),
    fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([bytes, more])),
    fc.uint8Array({ maxLength: 300 }).map((any) => Buffer.from(any)),
  );
  fc.assert(
    fc.property(changed, (other) => seals.open('credentials', other.toString('base64url')) === undefined),
    { numRuns: 2_000 },
  );
});

test('a mark is that of one container of one task', () => {
  const mark = seals.mark(taskId, 1);
  assert.match(mark, /^[0-9a-f]{32}$/);
  assert.ok(seals.isMark(mark, taskId, 1));
  for (const [text, container] of [
    [mark, 0],
    [mark.slice(1), 1],
    [`${mark}0`, 1],
    ['', 1],
    [mark.toUpperCase(), 1],
  ] as const)
    assert.equal(seals.isMark(text, taskId, container), text === mark && container === 1);
});

test('who acts in an attempt has the name of its task', () => {
  const { arn, use } = roleOfAttempt(attempt);
  assert.deepEqual([arn, use], [`arn:aws:sts::123456789012:assumed-role/worker/${taskId}`, { kind: 'job' }]);
});
