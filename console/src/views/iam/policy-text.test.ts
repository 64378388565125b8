import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyText } from './policy-text.ts';

test('a policy is shown in lines, however it was given', () => {
  const lines = '{\n  "a": "100%"\n}';
  assert.equal(policyText(encodeURIComponent('{"a":"100%"}')), lines);
  assert.equal(policyText('{"a":"100%"}'), lines);
  assert.equal(policyText('no policy'), 'no policy');
  assert.equal(policyText(undefined), '');
});
