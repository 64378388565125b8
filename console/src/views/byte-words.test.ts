import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteWords, mebibyteWords } from './byte-words.ts';

test('bytes are told in the largest unit that they have one of', () => {
  const told: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [2 ** 30, '1 GiB'],
    [7.94 * 2 ** 30, '7.9 GiB'],
    [64 * 2 ** 30, '64 GiB'],
    [2 ** 60, '1048576 TiB'],
  ];
  for (const [bytes, words] of told) assert.equal(byteWords(bytes), words);
  assert.equal(mebibyteWords(512), '512 MiB');
});
