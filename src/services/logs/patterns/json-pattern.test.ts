import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsError } from '../logs-fixture.ts';
import { compilePattern } from './index.ts';

/** The event of AWS's own guide. */
const trail = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
});
const users = JSON.stringify({
  user: { id: 1, email: 'John.Stiles@example.com' },
  users: [
    { id: 2, email: 'John.Doe@example.com' },
    { id: 3, email: 'Jane.Doe@example.com' },
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
});

const cases: readonly (readonly [pattern: string, message: string, matches: boolean])[] = [
  ['{ $.eventType = "UpdateTrail" }', trail, true],
  ['{ $.eventType = UpdateTrail }', trail, true],
  ['{$.eventType="updateTrail"}', trail, false],
  ['{ $.sourceIPAddress != 123.123.* }', trail, true],
  ['{ $.sourceIPAddress != 111.111.* }', trail, false],
  ['{ $.arrayKey[0] = "value" }', trail, true],
  ['{ $.arrayKey[2] = "value" }', trail, false],
  ['{ $.objectList[1].id = 2 }', trail, true],
  ['{ $.eventType[0] = "U" }', trail, false],
  ['{ $.SomeObject IS NULL }', trail, true],
  ['{ $.SomeOtherObject IS NULL }', trail, false],
  ['{ $.SomeOtherObject NOT EXISTS }', trail, true],
  ['{ $.SomeObject NOT EXISTS }', trail, false],
  ['{ $.ThisFlag IS TRUE }', trail, true],
  ['{ $.ThisFlag IS FALSE }', trail, false],
  ['{ $.eventType = "*Trail" }', trail, true],
  ['{ $.eventType = "*date*" }', trail, true],
  ['{ $.eventType = "Up*Trail" }', trail, false],
  ['{ $.eventType = * }', trail, true],
  ['{ $.missing = * }', trail, false],
  ['{ $.missing != "x" }', trail, false],
  ['{ $.arrayKey = 1 }', trail, false],
  ['{ $.arrayKey != 1 }', trail, false],
  ['{ $.eventType = %^Up[a-z]+Trail$% }', trail, true],
  ['{ $.eventType != %Trail% }', trail, false],
  ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', users, true],
  ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', users, false],
  [
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
    users,
    true,
  ],
  [
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
    users,
    false,
  ],
  ['{ $.latency >= 500 }', '{"latency":500}', true],
  ['{ $.latency > +1000 }', '{"latency":1000}', false],
  ['{ $.latency > 5 }', '{"latency":"50"}', false],
  ['{ $.numbers[0] < 10e-3 }', '{"numbers":[0.001]}', true],
  ['{ $.errorCode = 400 }', '{"errorCode":4e2}', true],
  ['{ $.errorCode = 400 }', '{"errorCode":"400"}', true],
  ['{ $.errorCode != 500 }', '{"errorCode":400}', true],
  ["{ $.['a.b'].c = 1 }", '{"a.b":{"c":1}}', true],
  ['{ $.a.__proto__ = * }', '{"a":{}}', false],
  ['{ $.a = "say \\"hi\\"" }', '{"a":"say \\"hi\\""}', true],
  ['{ $.level = "ERROR" }', '{"level":"\\u0045RROR"}', true],
  ['{ $.level = "ERROR" }', '{"\\u006cevel":"ERROR"}', true],
  ['{ $.level = "a/b" }', '{"level":"a\\/b"}', true],
  ['{ $.a = 1 }', 'no JSON', false],
  ['{ $.a = 1 }', '[{"a":1}]', false],
  ['{ $.a = 1 }', '{"a":1} and more', false],
];

for (const [pattern, message, expected] of cases) {
  test(`${pattern} ${expected ? 'matches' : 'does not match'} ${message.slice(0, 40)}`, () => {
    const compiled = compilePattern(pattern);
    assert.equal(compiled.matches(message), expected);
    if (expected) assert.ok(compiled.mayMatch(Buffer.from(message)), 'the search by bytes passes over it');
  });
}

test('what no event can match is refused as AWS refuses', () => {
  const refused = (pattern: string, words = /^Invalid filter pattern/) =>
    assert.throws(() => compilePattern(pattern), awsError('InvalidParameterException', words), pattern);
  for (const pattern of ['{', '{}', '{ $.a }', '{ $.a = }', '{ $ = 1 }', '{ a = 1 }', '{ $.a = 1', '{ $.a = 1 } x'])
    refused(pattern);
  for (const pattern of ['{ $.a = @x }', '{ $.a = 1 & $.b = 2 }', '{ ($.a = 1 }', '{ $.a == 1 }', '{ $[0] = 1 }'])
    refused(pattern);
  refused('{ $.a > x }', /compares numbers/);
  refused('{ $.a > %x% }', /compares numbers/);
  refused('{ $.a = %x% || $.a = %y% || $.a = %z% }', /more than 2 regular expressions/);
});

test('the values of what a pattern names can be read from an event', () => {
  const compiled = compilePattern('{ $.latency > 1 && $.b[0].c = * || $.d NOT EXISTS || $.e = %x% }');
  const message = '{"latency":12.5,"b":[{"c":"text"}],"e":{}}';
  assert.deepEqual(compiled.valuesIn(message), { '$.latency': '12.5', '$.b[0].c': 'text' });
});

test('a pattern as deep and as wide as there can be decides about a long event', () => {
  const deep = `{ ${'('.repeat(500)}$.a = 1${')'.repeat(500)} }`;
  assert.ok(compilePattern(deep).matches('{"a":1}'));
  const wide = `{ ${Array.from({ length: 100 }, () => '$.a=*b*').join('||')} }`;
  assert.ok(!compilePattern(wide).matches(JSON.stringify({ a: 'c'.repeat(200_000) })));
});
