import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from './lines.ts';

function split(chunks: readonly Buffer[], maximum = 1000): Buffer[] {
  const lines: Buffer[] = [];
  const splitter = new LineSplitter(maximum, (line) => lines.push(Buffer.from(line)));
  const reused = Buffer.alloc(4096);
  for (const chunk of chunks) {
    chunk.copy(reused);
    splitter.push(reused.subarray(0, chunk.length));
    reused.fill(0x7f);
  }
  splitter.end();
  return lines;
}

const bytes = fc
  .uint8Array({ maxLength: 400 })
  .map((array) => Buffer.from(array.map((byte) => (byte % 5 === 0 ? 0x0a : byte))));

/** Cuts of a buffer into pieces. */
const cut = fc.tuple(bytes, fc.array(fc.nat(60), { maxLength: 40 })).map(([whole, lengths]) => {
  const pieces: Buffer[] = [];
  let start = 0;
  for (const length of lengths) {
    pieces.push(whole.subarray(start, start + length));
    start += length;
  }
  return { whole, pieces: [...pieces, whole.subarray(start)] };
});

test('how the bytes come in pieces changes nothing', () => {
  fc.assert(
    fc.property(cut, fc.integer({ min: 1, max: 50 }), ({ whole, pieces }, maximum) => {
      assert.deepEqual(split(pieces, maximum), split([whole], maximum));
    }),
  );
});

test('lines joined again are the bytes, but for carriage returns and the last line end', () => {
  fc.assert(
    fc.property(cut, ({ whole, pieces }) => {
      const clean = Buffer.from(whole.filter((byte) => byte !== 0x0d));
      const lines = split(pieces).map((line) => Buffer.from(line.filter((byte) => byte !== 0x0d)));
      const joined = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
      // A carriage return alone is an unfinished line, too.
      const isFinished = whole.length === 0 || whole.at(-1) === 0x0a;
      assert.deepEqual(joined, isFinished ? clean : Buffer.concat([clean, Buffer.from('\n')]));
    }),
  );
});

test('no line is longer than the maximum', () => {
  fc.assert(
    fc.property(cut, fc.integer({ min: 1, max: 20 }), ({ pieces }, maximum) => {
      for (const line of split(pieces, maximum)) assert.ok(line.length <= maximum);
    }),
  );
});

test('a line as long as the maximum is not cut, and one byte more is', () => {
  assert.deepEqual(split([Buffer.from('abcd\nabcde\n')], 4).map(String), ['abcd', 'abcd', 'e']);
});
