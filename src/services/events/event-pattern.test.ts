import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesEvent, parseEvent, parseEventPattern } from './event-pattern.ts';

const envelope = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Batch Job State Change',
  source: 'aws.batch',
  account: '012345678901',
  time: '2026-10-02T16:24:49Z',
  region: 'us-east-1',
  resources: ['arn:aws:batch:us-east-1:012345678901:job/1', 'arn:aws:batch:us-east-1:012345678901:job/2'],
};

/** Whether a pattern of the detail matches a detail; either may be given as its text. */
function matches(pattern: unknown, detail: unknown): Promise<boolean> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const event = `${JSON.stringify(envelope).slice(0, -1)},"detail":${text(detail)}}`;
  const read = parseEventPattern(`{"detail":${text(pattern)}}`);
  return matchesEvent(read, parseEvent(event, read));
}

/** Pattern of the detail, details that match, details that do not. Each row says which page or rule it is from. */
const cases: readonly (readonly [from: string, pattern: unknown, yes: readonly unknown[], no: readonly unknown[]])[] = [
  [
    'exact',
    { state: ['FAILED', 'SUCCEEDED'] },
    [{ state: 'FAILED' }, { state: ['x', 'FAILED'] }],
    [{}, { state: 'failed' }],
  ],
  ['null, empty and missing are three', { a: [null] }, [{ a: null }], [{}, { a: '' }, { a: 'null' }]],
  ['an empty text', { a: [''] }, [{ a: '' }], [{}, { a: null }]],
  ['booleans are no texts', { a: [true] }, [{ a: true }], [{ a: 'true' }, { a: false }]],
  ['prefix', { a: [{ prefix: 'us-' }] }, [{ a: 'us-east-1' }], [{ a: 'eu-us-' }, { a: 1 }]],
  [
    'prefix of any case',
    { a: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    [{ a: 'eventbridge' }],
    [{ a: 'event' }],
  ],
  ['suffix', { a: [{ suffix: '.png' }] }, [{ a: 'x.png' }], [{ a: 'x.PNG' }]],
  ['suffix of any case', { a: [{ suffix: { 'equals-ignore-case': '.png' } }] }, [{ a: 'x.PNG' }], [{ a: 'x.jpg' }]],
  ['any case', { a: [{ 'equals-ignore-case': 'alice' }] }, [{ a: 'ALICE' }], [{ a: 'alices' }]],
  ['wildcard', { a: [{ wildcard: 'dir/*.png' }] }, [{ a: 'dir/.png' }, { a: 'dir/x/y.png' }], [{ a: 'dir/x.png.txt' }]],
  ['wildcard escaped', { a: [{ wildcard: 'x\\*y\\\\*' }] }, [{ a: 'x*y\\z' }], [{ a: 'xay\\z' }]],
  ['anything-but', { a: [{ 'anything-but': 'x' }] }, [{ a: 'y' }, { a: 1 }, { a: null }], [{ a: 'x' }, {}]],
  ['anything-but a list', { a: [{ 'anything-but': ['x', 'y'] }] }, [{ a: 'z' }], [{ a: 'y' }]],
  ['anything-but numbers', { a: [{ 'anything-but': [100, 200] }] }, [{ a: 150 }, { a: '100' }], ['{"a":100.0}']],
  ['anything-but prefix', { a: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] }, [{ a: 'ap-1' }], [{ a: 'eu-1' }]],
  ['anything-but suffix', { a: [{ 'anything-but': { suffix: '.png' } }] }, [{ a: 'x.jpg' }], [{ a: 'x.png' }]],
  [
    'anything-but any case',
    { a: [{ 'anything-but': { 'equals-ignore-case': ['x', 'y'] } }] },
    [{ a: 'z' }],
    [{ a: 'Y' }],
  ],
  ['anything-but wildcard', { a: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, [{ a: '/bin/x' }], [{ a: '/lib/x' }]],
  ['numeric', { a: [{ numeric: ['>', 10, '<=', 20] }] }, [{ a: 10.5 }, '{"a":2.0e1}'], [{ a: 10 }, { a: '15' }]],
  ['numeric equal', { a: [{ numeric: ['=', 3.018e2] }] }, [{ a: 301.8 }], [{ a: 301.80001 }]],
  ['numeric beyond its bounds', { a: [{ numeric: ['>', 0] }] }, [{ a: 5e9 }], [{ a: 5_000_000_001 }]],
  ['cidr', { a: [{ cidr: '10.0.0.0/24' }] }, [{ a: '10.0.0.255' }], [{ a: '10.0.1.0' }]],
  ['exists', { a: [{ exists: true }] }, [{ a: 0 }, { a: null }], [{}, { a: {} }, { a: [] }]],
  ['exists false', { a: [{ exists: false }] }, [{}, { a: { b: 1 } }, { b: 1 }], [{ a: null }]],
  ['exists of a leaf in an object', { a: { b: [{ exists: false }] } }, [{}, { a: { b: { c: 1 } } }], [{ a: { b: 1 } }]],
  ['and', { a: ['x'], b: ['y'] }, [{ a: 'x', b: 'y' }], [{ a: 'x' }]],
  ['or', { $or: [{ a: ['x'] }, { b: [{ numeric: ['>', 5] }] }] }, [{ a: 'x' }, { b: 6 }], [{ a: 'y', b: 5 }]],
  ['or of one is a name', { $or: ['x'] }, [{ $or: 'x' }], [{}]],
  ['or with a reserved name is a name', { $or: [{ prefix: 'x' }, { prefix: 'y' }] }, [{ $or: 'xa' }], [{ a: 'x' }]],
  [
    'a number by its text',
    '{"a":[123456789012345678901]}',
    ['{"a":123456789012345678901}'],
    ['{"a":123456789012345678902}'],
  ],
  ['a number by its value', '{"a":[3.0e2]}', ['{"a":300}', '{"a":300.0}'], ['{"a":300.000001}', '{"a":"300"}']],
  [
    'a number of more digits by its text',
    '{"a":[0.12345678]}',
    ['{"a":0.12345678}'],
    ['{"a":0.123457}', '{"a":0.123456781}'],
  ],
  ['the last of two equal keys', '{"a":["x"],"a":["y"]}', ['{"a":"y"}', '{"a":"x","a":"y"}'], ['{"a":"x"}']],
  ['a point in a key', { 'a.b': ['x'] }, [{ a: { b: 'x' } }, { 'a.b': 'x' }], [{ a: 'x' }]],
  [
    'the keys of one object of a list',
    { a: { b: ['x'], c: ['y'] } },
    [{ a: [{ b: 'q' }, { b: 'x', c: 'y' }] }],
    [
      {
        a: [
          { b: 'x', c: 'q' },
          { b: 'q', c: 'y' },
        ],
      },
    ],
  ],
];

test('a pattern matches what the guide and the published matcher say, and nothing else', async () => {
  for (const [from, pattern, yes, no] of cases) {
    for (const detail of yes) assert.ok(await matches(pattern, detail), `${from}: ${JSON.stringify(detail)}`);
    for (const detail of no) assert.ok(!(await matches(pattern, detail)), `${from}: not ${JSON.stringify(detail)}`);
  }
});

test('the envelope is looked at like the rest', async () => {
  const of = (pattern: object) => {
    const read = parseEventPattern(JSON.stringify(pattern));
    return matchesEvent(read, parseEvent(JSON.stringify(envelope), read));
  };
  assert.ok(await of({ source: ['aws.batch'], time: [{ prefix: '2026-10-02' }], resources: [{ suffix: 'job/2' }] }));
  assert.ok(!(await of({ source: ['aws.batch'], resources: [{ suffix: 'job/3' }] })));
});

/** Pattern, and AWS's reason. */
const refused: readonly (readonly [string, RegExp])[] = [
  ['{}', /^Empty objects are not allowed$/],
  ['[]', /^Filter is not an object$/],
  ['{"source":"aws.batch"}', /^"source" must be an object or an array$/],
  ['{"detail":{}}', /^Empty objects are not allowed$/],
  ['{"$or":[{"a":[1]},{}]}', /^Empty objects are not allowed$/],
  ['{"a":[]}', /^Empty arrays are not allowed$/],
  ['{"a":[{"prefix":{"suffix":"x"}}]}', /^Unsupported prefix pattern: suffix$/],
  ['{"a":[{"suffix":{"equals-ignore-case":1}}]}', /^equals-ignore-case match pattern must be a string$/],
  ['{"a":[{"wildcard":{"equals-ignore-case":"x"}}]}', /^wildcard match pattern must be a string$/],
  ['{"a":[{"anything-but":{"wildcard":{"equals-ignore-case":"x"}}}]}', /^wildcard match pattern must be a string$/],
  ['{"a":[{"anything-but":["x",1]}]}', /^Inside anything but list, either all values are number or string/],
  ['{"a":[{"numeric":["<",5000000001]}]}', /^Numeric values must be between -5.0E9 and 5.0E9, inclusive$/],
  [
    String.raw`{\"a":["x"]}`,
    /^Unexpected character \('\\' \(code 92\)\): was expecting double-quote to start field name\n at \[Source: \(String\)"/,
  ],
  [`${'{"a":'.repeat(300)}["x"]${'}'.repeat(300)}`, /^Event pattern is nested too deep$/],
];

test("a pattern that is not right is refused in AWS's words", () => {
  for (const [pattern, reason] of refused) {
    assert.throws(
      () => parseEventPattern(pattern),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'InvalidEventPatternException');
        const [, said = ''] = /^Event pattern is not valid. Reason: ([\s\S]*)$/.exec(error.message) ?? [];
        assert.match(said, reason, pattern);
        return true;
      },
    );
  }
});

test('what is no event is refused with what is missing', () => {
  const words = (text: string) => {
    try {
      parseEvent(text, parseEventPattern('{"a":[1]}'));
    } catch (error) {
      return (error as Error).message;
    }
    return 'taken';
  };
  const { id: _, region: __, ...cut } = envelope;
  assert.match(words(JSON.stringify(cut)), /Parameter Event is not valid. Reason: it has no id, region$/);
  assert.match(words('[]'), /it is not an object$/);
  assert.match(words('{'), /Unexpected end-of-input/);
  assert.match(words(`${'['.repeat(130_000)}${']'.repeat(130_000)}`), /nested too deep$/);
});

// A second matcher, of the definition alone: all paths to leaves, each condition in the plainest way.

type Value = string | number | boolean | null;
type Plain = Value | { readonly [key: string]: unknown };

function plainHolds(condition: Plain, values: readonly Value[]): boolean {
  if (typeof condition !== 'object' || condition === null) return values.includes(condition);
  const [[operator, operand] = ['', undefined]] = Object.entries(condition);
  if (operator === 'exists') return operand === values.length > 0;
  return values.some((value) => {
    if (operator === 'anything-but') return !(Array.isArray(operand) ? operand : [operand]).includes(value);
    if (operator === 'numeric') return typeof value === 'number' && value >= Number((operand as unknown[])[1]);
    if (typeof value !== 'string') return false;
    const pattern = String(operand);
    if (operator === 'prefix') return value.slice(0, pattern.length) === pattern;
    if (operator === 'suffix') return value.slice(value.length - pattern.length) === pattern;
    return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value);
  });
}

test('a pattern of many conditions is not held against an event of many values without end', async () => {
  const pattern = parseEventPattern(JSON.stringify({ a: Array.from({ length: 900 }, (_, index) => index + 2) }));
  const event = (values: number) => parseEvent(JSON.stringify({ ...envelope, a: Array(values).fill(1) }), pattern);
  assert.equal(await matchesEvent(pattern, event(1_000)), false);
  await assert.rejects(matchesEvent(pattern, event(100_000)), {
    message: 'Parameter Event is not valid. Reason: it has too many values for a pattern of so many conditions',
  });
});

const value = fc.oneof(
  fc.constantFrom('x', 'y', 'xy', 'yx', ''),
  fc.integer({ min: -2, max: 2 }),
  fc.boolean(),
  fc.constant(null),
);
const condition: fc.Arbitrary<Plain> = fc.oneof(
  value,
  fc.constantFrom('x', 'xy').map((prefix) => ({ prefix })),
  fc.constantFrom('x', 'xy').map((suffix) => ({ suffix })),
  fc.constantFrom('x*', '*y', 'x*y').map((wildcard) => ({ wildcard })),
  fc.boolean().map((exists) => ({ exists })),
  fc.integer({ min: -2, max: 2 }).map((least) => ({ numeric: ['>=', least] })),
  fc.array(fc.constantFrom('x', 'y', ''), { minLength: 1, maxLength: 2 }).map((list) => ({ 'anything-but': list })),
);
const key = fc.constantFrom('a', 'b', 'c');
const leaves = fc.dictionary(key, fc.array(condition, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 3 });
const subject = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 3 });

test('patterns match what the plainest reading of them matches', async () => {
  const plainly = (pattern: Readonly<Record<string, readonly Plain[]>>, of: Readonly<Record<string, unknown>>) =>
    Object.entries(pattern).every(([name, conditions]) => {
      const found = Object.hasOwn(of, name) ? ([of[name]].flat() as Value[]) : [];
      return conditions.some((each) => plainHolds(each, found));
    });
  await fc.assert(
    fc.asyncProperty(
      fc.array(leaves, { minLength: 2, maxLength: 3 }),
      subject,
      subject,
      async (patterns, outer, inner) => {
        const [first = {}, ...rest] = patterns;
        const pattern = { ...first, d: { $or: [first, ...rest] } };
        const expected = plainly(first, outer) && patterns.some((each) => plainly(each, inner));
        assert.equal(await matches(pattern, { ...outer, d: inner }), expected);
      },
    ),
  );
});
