import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkIn } from './link.ts';

test('a link is read of the fragment of an address', () => {
  assert.deepEqual(linkIn('#link=abc&region=eu-west-1'), { token: 'abc', region: 'eu-west-1' });
  assert.deepEqual(linkIn('#link=abc'), { token: 'abc', region: 'us-east-1' });
  for (const hash of ['', '#', '#region=eu-west-1', '#link=']) assert.equal(linkIn(hash), undefined, hash);
});
