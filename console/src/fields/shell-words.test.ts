import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shellLine, shellWords } from './shell-words.ts';

test('what is typed at a prompt becomes words as a shell makes them', () => {
  assert.deepEqual(shellWords('echo  hello\tworld'), ['echo', 'hello', 'world']);
  assert.deepEqual(shellWords(`sh -c 'exit 3; # no comment' "a b" ''`), [
    'sh',
    '-c',
    'exit 3; # no comment',
    'a b',
    '',
  ]);
  assert.deepEqual(shellWords('a\\ b "c\\"d\\n" Ref::in'), ['a b', 'c"d\\n', 'Ref::in']);
  assert.deepEqual(shellWords('# 3'), ['#', '3']);
  assert.deepEqual(shellWords('  '), []);
});

test('words that are shown as a line are read back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 5 }), (words) => {
      assert.deepEqual(shellWords(shellLine(words)), words);
    }),
  );
});
