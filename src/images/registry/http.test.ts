import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionError } from './http.ts';

test('why a registry is not reached is said once', () => {
  const wordsOf = (error: Error, code: string) =>
    connectionError(Object.assign(error, { code }), new URL('https://nowhere.example/v2/')).message;
  const of = 'Get "https://nowhere.example/v2/": ';
  assert.equal(
    wordsOf(new Error('getaddrinfo ENOTFOUND nowhere.example'), 'ENOTFOUND'),
    `${of}getaddrinfo ENOTFOUND nowhere.example`,
  );
  assert.equal(wordsOf(new Error('socket hang up'), 'ECONNRESET'), `${of}ECONNRESET: socket hang up`);
  // Of several addresses that all refused.
  assert.equal(wordsOf(new AggregateError([]), 'ECONNREFUSED'), `${of}ECONNREFUSED`);
});
