import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Arn } from '../core/ids.ts';
import type { Principal } from '../core/operation.ts';
import { authorize } from './authorize.ts';
import { rootPrincipal } from './credentials/source.ts';

const account = '123456789012' as AccountId;
const request = { action: 'batch:SubmitJob', resource: 'arn:aws:batch:us-east-1:123456789012:job-queue/q' };
const roleSession: Principal = {
  kind: 'assumed-role',
  arn: 'arn:aws:sts::123456789012:assumed-role/render/me' as Arn,
  userId: 'AROAEXAMPLE:me',
  account,
};

test('the root user may do anything', () => {
  assert.deepEqual(authorize(rootPrincipal(account), [request, { action: 'sts:AssumeRole', resource: '*' }]), {
    kind: 'allow',
  });
});

test('anybody else is denied with the words of AWS', () => {
  const decision = authorize(roleSession, [request]);
  assert.equal(decision.kind, 'deny');
  assert.equal(
    decision.message,
    'User: arn:aws:sts::123456789012:assumed-role/render/me is not authorized to perform: batch:SubmitJob ' +
      'on resource: arn:aws:batch:us-east-1:123456789012:job-queue/q',
  );
});

test('an operation that needs no permission is open to everybody', () => {
  assert.deepEqual(authorize(roleSession, []), { kind: 'allow' });
});
