import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingAction } from './missing-action.ts';

test('a refusal names the permission that is missing', () => {
  const words =
    'User: arn:aws:iam::123456789012:user/a is not authorized to perform: batch:ListJobs on resource: * because no policy allows it';
  assert.equal(missingAction(words), 'batch:ListJobs');
  assert.equal(missingAction('Access denied'), undefined);
});
