import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from './read-record.ts';

test('who called is their ARN, or the service, or the kind of nobody', () => {
  const who = (userIdentity: object) => readRecord(JSON.stringify({ userIdentity })).who;
  assert.equal(who({ type: 'IAMUser', arn: 'arn:a' }), 'arn:a');
  assert.equal(who({ type: 'AWSService', invokedBy: 'events.amazonaws.com' }), 'events.amazonaws.com');
  assert.equal(who({ type: 'AWSAccount' }), 'AWSAccount');
  assert.equal(readRecord('{"errorCode":"AccessDenied"}').errorCode, 'AccessDenied');
  assert.deepEqual(readRecord(undefined), {});
});
