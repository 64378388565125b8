import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { withoutEmptyWords } from './empty-words.ts';

test('a command without empty words is as it was, and one with them becomes the same by a shell', () => {
  assert.deepEqual(withoutEmptyWords(['printf', '%s', "it's"]), ['printf', '%s', "it's"]);
  const words = ['', "it's", '$HOME', 'a\nb', '\\', ''];
  const [program = '', ...rest] = withoutEmptyWords(['printf', '<%s>', ...words]);
  assert.ok(!rest.includes(''));
  assert.equal(execFileSync(program, rest, { encoding: 'utf8' }), words.map((word) => `<${word}>`).join(''));
});
