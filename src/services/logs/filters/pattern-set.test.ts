import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compilePattern } from '../patterns/index.ts';
import { PatternSet } from './pattern-set.ts';

const words = ['ERROR', 'WARN', 'a', 'b c', 'é', '\\', '"', 'level', '7'];
const word = fc.constantFrom(...words);
const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

const terms = fc
  .array(fc.tuple(fc.constantFrom('', '-', '?'), word), { maxLength: 3 })
  .map((all) => all.map(([sign, text]) => `${sign}${quoted(text)}`).join(' '));
const json = fc
  .tuple(fc.constantFrom('level', 'a'), fc.constantFrom('=', '!='), word)
  .map(([name, operator, text]) => `{ $.${name} ${operator} ${quoted(text)} }`);
const columns = fc
  .tuple(word, fc.boolean())
  .map(([text, isFirst]) => (isFirst ? `[first = ${quoted(text)}, ...]` : `[..., last = ${quoted(text)}]`));
const pattern = fc.oneof(terms, json, columns);

/** JSON may write a character in several ways. */
const escaped = (text: string) => text.replace(/[A-Za-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
const message = fc.oneof(
  fc.array(word, { maxLength: 4 }).map((all) => all.join(' ')),
  fc.tuple(word, word).map(([level, a]) => JSON.stringify({ level, a })),
  fc.tuple(word, word).map(([level, a]) => escaped(JSON.stringify({ level, a }))),
);

test('all patterns together say of a message what each says by itself', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 8 }), fc.array(message, { maxLength: 8 }), (texts, messages) => {
      const members = texts.map((text) => ({ owner: text, pattern: compilePattern(text) }));
      const set = new PatternSet(members);
      for (const each of messages) {
        const expected = members.filter((member) => member.pattern.matches(each));
        const found = set.matching(each, assert.fail);
        assert.deepEqual(
          found.map(({ owner }) => owner),
          expected.map(({ owner }) => owner),
          each,
        );
      }
    }),
  );
});
