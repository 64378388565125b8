import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { quotePosix } from '../../core/quote-posix.ts';

/** What a shell makes of some words. */
function readByShell(words: readonly string[]): readonly string[] {
  const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(quotePosix).join(' ')}`]);
  return output.toString('utf8').split('\0').slice(0, -1);
}

test('a shell reads back whatever was quoted', () => {
  const word = fc.string({ unit: 'binary-ascii' }).filter((text) => !text.includes('\0'));
  const words = fc.array(word, { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(words, (given) => assert.deepEqual(readByShell(given), given)),
    { numRuns: 10, examples: [[["it's", '$(id)', '`id`', 'a b', '\n', '', '-n', '*', '\\', '"', '!', '~', 'ü€😀']]] },
  );
});
