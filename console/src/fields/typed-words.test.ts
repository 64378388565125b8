import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownWords, typedWords } from './typed-words.ts';

test('a command is typed as at a prompt or as JSON', () => {
  assert.deepEqual(typedWords('shell', 'echo "a b"'), ['echo', 'a b']);
  assert.deepEqual(typedWords('json', '["echo", "a b"]'), ['echo', 'a b']);
  assert.deepEqual(typedWords('json', ' '), []);
  assert.equal(typedWords('json', '["echo"'), undefined);
  assert.equal(typedWords('json', '["echo", 1]'), undefined);
});

test('what is typed stays while it stands for the words, and another form shows them its way', () => {
  assert.equal(shownWords('shell', 'echo  hi ', ['echo', 'hi']), 'echo  hi ');
  assert.equal(shownWords('json', 'echo  hi ', ['echo', 'hi']), 'echo  hi ', 'no JSON: it is left to whoever types');
  assert.equal(shownWords('json', '', ['echo', 'hi']), '["echo","hi"]');
  assert.equal(shownWords('shell', 'echo', ['ls', '-l']), 'ls -l');
});
