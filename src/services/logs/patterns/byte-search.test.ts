import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compilePattern } from './index.ts';

const letters = fc.constantFrom(
  'a',
  'b',
  'E',
  '1',
  '.',
  'é',
  '"',
  '\\',
  '/',
  ' ',
  '\ufffd',
  '\ud83d',
  '\ude00',
  '[',
  ']',
);
const text = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
const quote = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
const value = fc.oneof(
  text.map(quote),
  fc.constantFrom('1', '1e2', '*', 'a*', '*b', '"*é*"', '%a.?b%', '%1|E%', 'Infinity'),
);
const operator = fc.constantFrom('=', '!=');
const key = fc.constantFrom('a', 'b', 'é');

const selector = key.map((name) => `$.['${name}']`);
const leaf = fc.oneof(
  fc.tuple(selector, operator, value).map((parts) => parts.join(' ')),
  fc
    .tuple(selector, fc.constantFrom('IS NULL', 'IS TRUE', 'NOT EXISTS', '< 100', '>= 1'))
    .map((parts) => parts.join(' ')),
);
const joined = fc
  .array(fc.tuple(leaf, fc.constantFrom('&&', '||')), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.flat().slice(0, -1).join(' '));
const terms = fc
  .array(fc.tuple(fc.constantFrom('', '-', '?'), fc.oneof(text.map(quote), fc.constantFrom('%a\\.b%', '%ab?E%'))), {
    maxLength: 3,
  })
  .map((parts) => parts.map((part) => part.join('')).join(' '));
const columns = fc
  .array(fc.tuple(operator, value), { minLength: 1, maxLength: 3 })
  .map((parts) => `[${parts.map((part) => `a ${part.join(' ')}`).join(', ')}]`);
const pattern = fc.oneof(
  joined.map((inner) => `{ ${inner} }`),
  terms,
  columns,
);

/** One of the ways in which JSON can write a character. */
const spelt = fc.tuple(letters, fc.boolean()).map(([letter, isEscaped]) => {
  const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
  return isEscaped || letter === '"' || letter === '\\' ? `\\u${code}` : letter;
});
const jsonText = fc.array(spelt, { maxLength: 4 }).map((parts) => `"${parts.join('')}"`);
const jsonKey = fc.constantFrom('"a"', '"\\u0061"', '"b"', '"é"', '"\\u00e9"');
const jsonValue = fc.oneof(jsonText, fc.constantFrom('1', '1e2', '100', '1e999', 'null', 'true', '[1]'));
const json = fc
  .array(fc.tuple(jsonKey, jsonValue), { maxLength: 3 })
  .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`);
const message = fc.oneof(json, fc.string({ unit: letters, maxLength: 12 }));

function compiled(source: string) {
  try {
    return compilePattern(source);
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'InvalidParameterException');
    return undefined;
  }
}

test('the search by bytes passes over nothing that matches, whatever is escaped and however', () => {
  let matched = 0;
  fc.assert(
    fc.property(pattern, message, (source, given) => {
      // Events are kept as UTF-8, in which half a pair is U+FFFD.
      const payload = Buffer.from(given);
      const filter = compiled(source);
      if (!filter?.matches(payload.toString())) return;
      matched += 1;
      assert.ok(filter.mayMatch(payload));
    }),
    { numRuns: 10_000 },
  );
  assert.ok(matched > 100, `${matched} matches prove little`);
});
