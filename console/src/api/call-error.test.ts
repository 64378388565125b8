import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallError, readFailure } from './call-error.ts';

test('a refusal is read of JSON and of XML, and a missing permission is told from a defect whatever its status', () => {
  const headers = new Headers({ 'x-amzn-requestid': 'r' });
  const json = readFailure(400, headers, '{"__type":"AccessDeniedException","message":"not authorized"}');
  assert.deepEqual(json, { code: 'AccessDeniedException', message: 'not authorized', status: 400, requestId: 'r' });
  const xml = readFailure(
    403,
    headers,
    '<E><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></E>',
  );
  assert.deepEqual(xml, { code: 'AccessDenied', message: 'not authorized', status: 403, requestId: 'r' });
  for (const failure of [json, xml]) assert.equal(new CallError(failure).denied, true);
  assert.equal(new CallError({ ...json, code: 'ValidationException' }).denied, false);
});
