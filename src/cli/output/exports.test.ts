import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { quotePosix } from './exports.ts';

test('a shell reads back whatever was quoted', () => {
  const text = fc
    .string({ unit: 'binary', minLength: 0 })
    .filter((value) => !value.includes('\0') && value.isWellFormed());
  fc.assert(
    fc.property(text, (value) => {
      const output = execFileSync('/bin/sh', ['-c', `printf %s ${quotePosix(value)}`]);
      assert.equal(output.toString('utf8'), value);
    }),
    { numRuns: 50, examples: [["it's"], ['$(id)'], ['a b'], ['\n'], ['']] },
  );
});
