import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonFault, parseJson } from './json-fault.ts';

function faultIn(text: string): JsonFault {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
  return assert.fail(`${text} is JSON`);
}

test('the words and the place are those that a user was shown by AWS', () => {
  const text = '{"courseId": "6225", "department": "CSYE", "boardId": """, "size": "0"}';
  const words = `Unexpected character ('"' (code 34)): was expecting comma to separate Object entries`;
  assert.equal(
    faultIn(text).javaText,
    `com.fasterxml.jackson.core.JsonParseException: ${words}\n at [Source: (String)"${text}"; line: 1, column: 58]`,
  );
});

const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const opened = '[Source: (String)"';
const escaped = 'has to be escaped using backslash to be included in';
const minus = 'expected digit (0-9) to follow minus sign, for valid numeric value';

/** From Jackson's public source; the column is that of the character behind the last one read. */
const faults: readonly (readonly [text: string, place: string, words: string])[] = [
  ['bob\n', '1, column: 4', `Unrecognized token 'bob': was expecting ${values}`],
  ['Not all who wander', '1, column: 4', `Unrecognized token 'Not': was expecting ${values}`],
  ['trux', '1, column: 5', `Unrecognized token 'trux': was expecting ${values}`],
  ['NaN', '1, column: 4', "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"],
  ['<', '1, column: 2', `Unexpected character ('<' (code 60)): expected a valid value ${values}`],
  ['→', '1, column: 2', `Unexpected character ('→' (code 8594 / 0x2192)): expected a valid value ${values}`],
  ["{'a':1}", '1, column: 3', "Unexpected character (''' (code 39)): was expecting double-quote to start field name"],
  ['{"a":1,}', '1, column: 9', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"],
  ['{"a":}', '1, column: 7', "Unexpected character ('}' (code 125)): expected a value"],
  ['[1,]', '1, column: 5', `Unexpected character (']' (code 93)): expected a valid value ${values}`],
  ['[1\n 2]', '2, column: 3', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"],
  ['[1,', '1, column: 4', 'Unexpected end-of-input within/between Array entries'],
  ['{"a"', '1, column: 5', 'Unexpected end-of-input within/between Object entries'],
  ['"a\nb"', '1, column: 4', `Illegal unquoted character ((CTRL-CHAR, code 10)): ${escaped} string value`],
  ['{"a\u0001":1}', '1, column: 5', `Illegal unquoted character ((CTRL-CHAR, code 1)): ${escaped} name`],
  ['"a', '1, column: 3', 'Unexpected end-of-input: was expecting closing quote for a string value'],
  ['{"a', '1, column: 4', 'Unexpected end-of-input in field name'],
  ['"\\x"', '1, column: 4', "Unrecognized character escape 'x' (code 120)"],
  [
    '"\\u00g0"',
    '1, column: 7',
    "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence",
  ],
  ['01', '1, column: 2', 'Invalid numeric value: Leading zeroes not allowed'],
  ['-a', '1, column: 3', `Unexpected character ('a' (code 97)) in numeric value: ${minus}`],
  [
    '1.x',
    '1, column: 4',
    "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit",
  ],
  ['1e', '1, column: 3', 'Unexpected end-of-input in a Number value'],
  ['1x', '1, column: 3', "Unexpected character ('x' (code 120)): Expected space separating root-level values"],
  [
    '\u0007',
    '1, column: 2',
    'Illegal character ((CTRL-CHAR, code 7)): only regular white space (\\r, \\n, \\t) is allowed between tokens',
  ],
  [
    '{',
    '1, column: 2',
    `Unexpected end-of-input: expected close marker for Object (start marker at ${opened}{"; line: 1, column: 1])`,
  ],
  [
    '{"a":[1\r\n',
    '2, column: 1',
    `Unexpected end-of-input: expected close marker for Array (start marker at ${opened}{"a":[1\r\n"; line: 1, column: 6])`,
  ],
  [
    '[1}',
    '1, column: 4',
    `Unexpected close marker '}': expected ']' (for Array starting at ${opened}[1}"; line: 1, column: 1])`,
  ],
  [
    ']',
    '1, column: 2',
    `Unexpected close marker ']': expected '}' (for root starting at ${opened}]"; line: 1, column: 0])`,
  ],
];
for (const [text, place, words] of faults) {
  test(`${JSON.stringify(text)} is wrong at line ${place}`, () => {
    const { message, location } = faultIn(text);
    assert.equal(message, words);
    assert.equal(location, `[Source: (String)"${text}"; line: ${place}]`);
  });
}

test('an end that comes too early has a type of its own, and long texts are cut', () => {
  const text = `[${' '.repeat(600)}`;
  assert.match(
    faultIn(text).javaText,
    /^com\.fasterxml\.jackson\.core\.io\.JsonEOFException: .*\n at \[Source: \(String\)"\[ {499}"\[truncated 101 chars\]; line: 1, column: 602\]$/,
  );
});

test('whatever is no JSON is told, and what is JSON is read as ever', () => {
  const marks = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u0',
    'a',
    '1',
    '-',
    '.',
    'e',
    'true',
    ' ',
    '\n',
    '\u0000',
    '😀',
  ];
  const texts = fc.array(fc.constantFrom(...marks), { maxLength: 12 }).map((parts) => parts.join(''));
  const isRead = (text: string) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return faultIn(text).message !== '';
    }
    return JSON.stringify(parseJson(text)) === JSON.stringify(value);
  };
  fc.assert(fc.property(texts, isRead));
});
