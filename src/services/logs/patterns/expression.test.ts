import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsError } from '../logs-fixture.ts';
import { compilePattern } from './index.ts';

const matching = (pattern: string, messages: readonly string[]) =>
  messages.filter((message) => compilePattern(pattern).matches(message));

test('a regular expression finds its text anywhere', () => {
  assert.deepEqual(matching('%AUTHORIZED%', ['UNAUTHORIZED REQUEST', 'authorized']), ['UNAUTHORIZED REQUEST']);
  assert.deepEqual(matching('%^[hc]at%', ['hat', 'the cat']), ['hat']);
  assert.deepEqual(matching('%colou?r%', ['color', 'colour', 'colr']), ['color', 'colour']);
  assert.deepEqual(matching('%\\d{1,3}\\.\\d{1,3}%', ['v 1.20', 'v1']), ['v 1.20']);
  assert.deepEqual(matching('%[Ee]rror|[Ff]ail%', ['Failed', 'an error', 'ok']), ['Failed', 'an error']);
  assert.deepEqual(matching('%\\[.\\]%', ['[a]', '[]']), ['[a]']);
  assert.deepEqual(matching('%\\x41b%', ['Ab', 'ab']), ['Ab']);
});

test('it stands beside terms, with the same signs', () => {
  assert.deepEqual(matching('%a[0-9]% x', ['a1 x', 'a1', 'x']), ['a1 x']);
  assert.deepEqual(matching('x -%a[0-9]%', ['a1 x', 'x']), ['x']);
  assert.deepEqual(matching('?%a[0-9]% ?y', ['a1', 'y', 'a']), ['a1', 'y']);
});

test("what is not in AWS's subset is refused", () => {
  const refused = (pattern: string, words = /regular expression/) =>
    assert.throws(() => compilePattern(pattern), awsError('InvalidParameterException', words), pattern);
  for (const pattern of ['%(a)%', '%something!%', '%ü%', '%a{%', '%[a%', '%a**%', '%\\bword%', '%\\Qa%', '%a{3}{4}%'])
    refused(pattern);
  refused('%a% %b% %c%', /more than 2/);
  refused('%%', /Invalid filter pattern/);
});

test('one that would take long ends with an error: for its size at once, for the event when it comes', () => {
  const large = '[a-z]{1,1000}'.repeat(3);
  assert.throws(() => compilePattern(`%${large}%`), awsError('InvalidParameterException', /too large/));
  const steep = compilePattern('%[a-z]{1,1000}$%');
  assert.equal(steep.matches('abc'), true);
  assert.throws(() => steep.matches('ab'.repeat(100_000)), awsError('InvalidParameterException', /takes too long/));
});
