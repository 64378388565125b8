import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LinearRegExp } from './linear-reg-exp.ts';

/** All matches with their places and groups, by either engine. */
function all(
  engine: { lastIndex: number; exec(text: string): ({ index: number } & ArrayLike<unknown>) | null },
  text: string,
) {
  const found: unknown[] = [];
  engine.lastIndex = 0;
  for (let match = engine.exec(text); match && found.length < 50; match = engine.exec(text)) {
    found.push([match.index, ...Array.from(match)]);
    if (match[0] === '') engine.lastIndex += 1;
    if (engine.lastIndex > text.length) break;
  }
  return found;
}

const patterns = [
  'a',
  'ab|a',
  'a|ab',
  '(a|b)*c',
  'a+?b',
  '(a*)(b+)',
  '^a',
  'b$',
  '\\ba',
  '[a-c]{2,3}',
  '(?:ab){2}',
  'a?b?c?',
  '.b',
  '[^a]',
  '(a)|(b)',
  '\\w+',
  '\\d',
  'x*',
  '(?<n>b)c',
  'a{0,2}?b',
  '[\\]a]',
  '\\u0061b',
];

test('It finds the same matches and groups as the platform does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom(...patterns), fc.constantFrom('g', 'gi', 'gm'), text, (source, flags, string) => {
      const pattern = new RegExp(source, flags);
      assert.deepEqual(all(new LinearRegExp(pattern), string), all(pattern, string));
    }),
    { numRuns: 3000, seed: 4 },
  );
});

test('A pattern that explodes elsewhere ends, whatever is behind it in the text', () => {
  assert.equal(new LinearRegExp(/^(a+)+$/g).exec(`${'a'.repeat(200_000)}b`), null);
});

test('Look-around, back references, and repeats of repeats are refused', () => {
  const repeats = [/((?:){99999999}){99999999}/, /(?:a{1000}){10}/, /((a{30}){30}){30}/];
  for (const pattern of [/(?=a)/, /(?!a)/, /(a)\1/, ...repeats]) {
    assert.throws(() => new LinearRegExp(pattern), { name: 'RE2JSSyntaxException' }, String(pattern));
  }
});
