import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesWildcard, splitWildcard } from '../../../core/wildcard.ts';
import { type MessageAttribute, MessageFilter, parseFilterPolicy } from './index.ts';

/** Values as attributes of a message: texts, numbers, and arrays as `String.Array`. */
function attributesOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, MessageAttribute>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: unknown): MessageAttribute {
  if (Array.isArray(value)) return { type: 'String.Array', value: JSON.stringify(value) };
  return { type: typeof value === 'number' ? 'Number' : 'String', value: String(value) };
}

function passesByAttributes(policy: object, values: Readonly<Record<string, unknown>>): Promise<boolean> {
  const read = parseFilterPolicy(JSON.stringify(policy), 'MessageAttributes');
  return new MessageFilter(attributesOf(values)).passes(read, '');
}

function passesByBody(policy: object, body: unknown): Promise<boolean> {
  const read = parseFilterPolicy(JSON.stringify(policy), 'MessageBody');
  return new MessageFilter({}).passes(read, typeof body === 'string' ? body : JSON.stringify(body));
}

/** Policy, values that pass, values that do not. */
const attributeCases: readonly (readonly [object, readonly object[], readonly object[]])[] = [
  [{}, [{}, { a: 'x' }], []],
  [{ a: ['x', 'y'] }, [{ a: 'x' }, { a: 'y', b: 'z' }, { a: ['q', 'y'] }], [{}, { a: 'X' }, { b: 'x' }]],
  [{ a: ['x'], b: ['y'] }, [{ a: 'x', b: 'y' }], [{ a: 'x' }, { b: 'y' }]],
  [{ a: [1] }, [{ a: 1 }, { a: [1] }, { a: 1.000001 }], [{ a: '1' }, { a: 2 }, { a: 1.0001 }]],
  [{ a: [null, true] }, [{ a: [null] }, { a: [true] }], [{ a: 'null' }, { a: 'true' }, { a: [false] }]],
  [{ a: [{ prefix: 'ab' }] }, [{ a: 'abc' }, { a: 'ab' }], [{ a: 'a' }, { a: 'xab' }, { a: 12 }]],
  [{ a: [{ suffix: 'bc' }] }, [{ a: 'abc' }], [{ a: 'abcd' }]],
  [{ a: [{ 'equals-ignore-case': 'Tennis' }] }, [{ a: 'tENNIS' }], [{ a: 'tennis ' }]],
  [{ a: [{ wildcard: 'a*c*e' }] }, [{ a: 'ace' }, { a: 'abcde' }], [{ a: 'abde' }, { a: 'aced' }]],
  [{ a: [{ wildcard: 'a\\*b' }] }, [{ a: 'a*b' }], [{ a: 'axb' }]],
  [{ a: [{ 'anything-but': 'x' }] }, [{ a: 'y' }, { a: 1 }, { a: ['x', 'y'] }], [{ a: 'x' }, { a: ['x'] }, {}]],
  [{ a: [{ 'anything-but': ['x', 100] }] }, [{ a: 'y' }, { a: [100, 50] }], [{ a: 'x' }, { a: 100 }]],
  [{ a: [{ 'anything-but': { prefix: 'or' } }] }, [{ a: 'back' }], [{ a: 'order' }]],
  [{ a: [{ 'anything-but': { suffix: 'er' } }] }, [{ a: 'ord' }], [{ a: 'order' }]],
  [{ a: [{ 'anything-but': { wildcard: ['a*c', '*z'] } }] }, [{ a: 'ab' }], [{ a: 'abc' }, { a: 'z' }]],
  [{ a: [{ exists: true }] }, [{ a: 'x' }, { a: 0 }], [{}, { a: [] }]],
  [{ a: [{ exists: false }] }, [{}, { b: 'x' }], [{ a: 'x' }]],
  [{ a: [{ exists: false }, 'x'] }, [{}, { a: 'x' }], [{ a: 'y' }]],
  [{ a: [{ numeric: ['=', 3.5] }] }, [{ a: 3.5 }], [{ a: 3.4 }, { a: '3.5' }]],
  [{ a: [{ numeric: ['>', 0, '<=', 150] }] }, [{ a: 1 }, { a: 150 }], [{ a: 0 }, { a: 150.1 }]],
  [{ a: [{ numeric: ['<', 0] }] }, [{ a: -1 }], [{ a: 0 }]],
  [{ a: [{ cidr: '10.0.0.0/24' }] }, [{ a: '10.0.0.255' }], [{ a: '10.0.1.0' }, { a: 'host' }]],
  [{ a: [{ cidr: '2001:db8::/32' }] }, [{ a: '2001:db8:1::' }], [{ a: '2001:db9::' }, { a: '10.0.0.1' }]],
  [
    { $or: [{ a: ['x'] }, { b: [{ numeric: ['>', 5] }] }], c: ['z'] },
    [
      { a: 'x', c: 'z' },
      { b: 6, c: 'z' },
    ],
    [{ a: 'x' }, { c: 'z' }],
  ],
  // With one alternative, or a keyword among its keys, `$or` is a key like any other.
  [{ $or: ['x'] }, [{ $or: 'x' }], [{}]],
  [{ $or: [{ prefix: 'x' }, { suffix: 'y' }] }, [{ $or: 'xa' }, { $or: 'ay' }], [{ $or: 'b' }]],
];

test('every operator on attributes lets through what AWS says it does, and nothing else', async () => {
  for (const [policy, passing, failing] of attributeCases) {
    for (const values of passing) {
      assert.ok(
        await passesByAttributes(policy, { ...values }),
        `${JSON.stringify(policy)} passes ${JSON.stringify(values)}`,
      );
    }
    for (const values of failing) {
      assert.ok(
        !(await passesByAttributes(policy, { ...values })),
        `${JSON.stringify(policy)} stops ${JSON.stringify(values)}`,
      );
    }
  }
});

test('binary attributes are as if they were not there', async () => {
  const attributes = { a: { type: 'Binary', value: 'eA==' }, b: { type: 'Binary.png', value: 'eA==' } };
  const passes = (policy: object) =>
    new MessageFilter(attributes).passes(parseFilterPolicy(JSON.stringify(policy), 'MessageAttributes'), '');
  assert.ok(!(await passes({ a: ['eA=='] })));
  assert.ok(await passes({ a: [{ exists: false }], b: [{ exists: false }] }));
});

const bodyCases: readonly (readonly [object, readonly unknown[], readonly unknown[]])[] = [
  [{ a: { b: ['x'] } }, [{ a: { b: 'x' } }, { a: { b: ['y', 'x'] } }], [{ a: 'x' }, { b: 'x' }, 'no JSON', '[]', '1']],
  // The keys of one object of a list must match together.
  [
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
  [{ a: { b: [{ exists: false }] } }, [{}, { a: {} }, { a: 1 }, { a: { b: {} } }], [{ a: { b: 1 } }]],
  [{ a: [null] }, [{ a: null }], [{}, { a: 'null' }]],
  [{ a: { $or: [{ b: [1] }, { c: [2] }] } }, [{ a: { b: 1 } }, { a: { c: 2 } }], [{ a: { c: 1 } }]],
  [{ __proto__x: [1], toString: [{ exists: false }] }, [{ __proto__x: 1 }], [{}]],
];

test('a policy on the body follows nested keys and lists', async () => {
  for (const [policy, passing, failing] of bodyCases) {
    for (const body of passing) assert.ok(await passesByBody(policy, body), `passes ${JSON.stringify(body)}`);
    for (const body of failing) assert.ok(!(await passesByBody(policy, body)), `stops ${JSON.stringify(body)}`);
  }
});

/** Each of these bodies passes each of these policies: the first is measured on AWS (localstack/localstack pull request 9319). */
const alikePolicies: readonly object[] = [
  { 'object.nested.test': ['x'] },
  { object: { nested: { test: ['x'] } } },
  { 'object.nested': { test: ['x'] } },
  { object: { 'nested.test': ['x'] } },
];
const alikeBodies = (value: unknown): readonly object[] => [
  { object: { nested: { test: value } } },
  { 'object.nested.test': value },
  { 'object.nested': { test: value } },
  { object: { 'nested.test': value } },
  { object: { other: 1 }, 'object.nested': [{ test: 'q' }, { test: value }], 'object.nested.more': 2 },
];

test('a point in a key, of policy or body, is as good as an object in an object', async () => {
  for (const policy of alikePolicies) {
    for (const body of alikeBodies('x')) assert.ok(await passesByBody(policy, body), JSON.stringify([policy, body]));
    for (const body of alikeBodies('y')) assert.ok(!(await passesByBody(policy, body)), JSON.stringify([policy, body]));
  }
});

/** Policy with several keys that begin alike, bodies that pass, bodies that do not. */
const dottedCases: readonly (readonly [object, readonly object[], readonly object[]])[] = [
  [
    { 'a.b': ['x'], 'a.c': ['y'] },
    [{ a: { b: 'x', c: 'y' } }, { a: { b: 'x' }, 'a.c': 'y' }, { a: [{ b: 'q' }, { b: 'x', c: 'y' }] }],
    [
      { a: { b: 'x' } },
      {
        a: [
          { b: 'x', c: 'q' },
          { b: 'q', c: 'y' },
        ],
      },
    ],
  ],
  [{ a: ['x'], 'a.b': ['y'] }, [{ a: 'x', 'a.b': 'y' }, { a: ['x', { b: 'y' }] }], [{ a: 'x' }, { a: { b: 'y' } }]],
  [{ 'a.b': [{ exists: false }] }, [{}, { a: 1 }, { 'a.c': 1 }], [{ 'a.b': 1 }, { a: { b: 1 } }]],
  [{ 'a.b': ['x'] }, [{ 'a.b': 'q', a: { b: 'x' } }], [{ 'a.b.c': 'x' }, { 'a..b': 'x' }, { '.a.b': 'x' }]],
  [{ 'a.__proto__': ['x'] }, [{ 'a.__proto__': 'x' }], [{ a: {} }]],
];

test('keys that begin alike are looked for in one object, however either side writes them', async () => {
  for (const [policy, passing, failing] of dottedCases) {
    for (const body of passing) assert.ok(await passesByBody(policy, body), JSON.stringify([policy, body]));
    for (const body of failing) assert.ok(!(await passesByBody(policy, body)), JSON.stringify([policy, body]));
  }
});

test('the names of message attributes are what they are, points included', async () => {
  assert.ok(await passesByAttributes({ 'a.b': ['x'] }, { 'a.b': 'x' }));
});

test('a body of nothing but points is looked at as quickly as another', async () => {
  const points = `a${'.a'.repeat(60_000)}`;
  assert.ok(!(await passesByBody({ a: { a: ['x'] } }, { [points]: 'x' })));
  const alike = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`a.${at}`, at]));
  assert.ok(await passesByBody({ 'a.19999': [19_999] }, alike));
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  assert.ok(!(await passesByBody({ 'a.b': ['x'] }, `{"a":${deep},"a.a":${deep}}`)));
});

/** Policy, and AWS's words after `Invalid parameter: FilterPolicy: `. */
const refused: readonly (readonly [unknown, RegExp])[] = [
  ['{', /failed to parse JSON/],
  ['[]', /must be a JSON object/],
  [{ a: 'x' }, /"a" must be an object or an array/],
  [{ a: [] }, /Empty arrays are not allowed/],
  [{ a: { b: ['x'] } }, /scope MessageAttributes does not support nested filter policy/],
  [{ a: [['x']] }, /Match value must be String, number, true, false, or null/],
  [{ a: [{ prefix: 'x', suffix: 'y' }] }, /Only one key allowed in match expression/],
  [{ a: [{ contains: 'x' }] }, /Unrecognized match type contains/],
  [{ a: [{ toString: 'x' }] }, /Unrecognized match type toString/],
  [{ a: [{ prefix: 1 }] }, /prefix match pattern must be a string/],
  [{ a: [{ exists: 'true' }] }, /exists match pattern must be either true or false/],
  [{ a: [{ wildcard: 'a**b' }] }, /Consecutive wildcard characters/],
  [{ a: [{ wildcard: 'a\\b' }] }, /Invalid escape character/],
  [{ a: [{ cidr: '10.0.0.0' }] }, /CIDR/],
  [{ a: [{ cidr: '10.0.0.0/33' }] }, /CIDR/],
  [{ a: [{ numeric: 1 }] }, /Value of numeric must be an array/],
  [{ a: [{ numeric: ['=', '1'] }] }, /Value of = must be numeric/],
  [{ a: [{ numeric: ['!', 1] }] }, /Unrecognized numeric range operator: !/],
  [{ a: [{ numeric: ['=', 1, '<', 2] }] }, /Too many elements in numeric expression/],
  [{ a: [{ numeric: ['>', 2, '<', 1] }] }, /Bottom must be less than top/],
  [{ a: [{ numeric: ['>', 1, '>', 2] }] }, /Bad numeric range operator: >/],
  [{ a: [1e10] }, /between -1.0E9 and 1.0E9/],
  [{ a: [{ 'anything-but': true }] }, /Value of anything-but must be/],
  [{ a: [{ 'anything-but': { exists: true } }] }, /Unsupported anything-but pattern: exists/],
  [{ a: ['1'], b: ['1'], c: ['1'], d: ['1'], e: ['1'], f: ['1'] }, /Filter policy can not have more than 5 keys/],
  [{ a: Array.from({ length: 151 }, String) }, /Filter policy is too complex/],
  [{ a: Array.from({ length: 13 }, String), b: Array.from({ length: 12 }, String) }, /Filter policy is too complex/],
];

test("a policy that is not right is refused in AWS's words", () => {
  for (const [policy, words] of refused) {
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
    assert.throws(() => parseFilterPolicy(text, 'MessageAttributes'), {
      name: 'ServiceError',
      code: 'InvalidParameter',
      message: new RegExp(`^Invalid parameter: FilterPolicy: .*${words.source}`),
    });
  }
});

test('of a policy on the body each value counts as often as its key is deep', () => {
  const values = (length: number) => Array.from({ length }, String);
  assert.ok(parseFilterPolicy(JSON.stringify({ a: { b: { c: values(50) } } }), 'MessageBody'));
  assert.throws(() => parseFilterPolicy(JSON.stringify({ a: { b: { c: values(51) } } }), 'MessageBody'), /complex/);
});

test('a policy nested without end is refused, and does not overflow', () => {
  const deep = `${'{"a":'.repeat(5000)}["x"]${'}'.repeat(5000)}`;
  assert.throws(() => parseFilterPolicy(deep, 'MessageBody'), { code: 'InvalidParameter' });
  const points = JSON.stringify({ [`a${'.a'.repeat(60_000)}`]: ['x'] });
  assert.throws(() => parseFilterPolicy(points, 'MessageBody'), { code: 'InvalidParameter' });
});

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 12 });
const plain = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 16 });

test('wildcards match what the same pattern matches as a regular expression', () => {
  fc.assert(
    fc.property(letters, plain, (pattern, text) => {
      const pieces = splitWildcard(pattern);
      if (!pieces) return;
      const source = pieces.map((piece) => piece.replace(/[\\*]/g, '\\$&')).join('[^]*');
      assert.equal(matchesWildcard(pieces, text), new RegExp(`^${source}$`).test(text));
    }),
  );
});

test('a wildcard takes time linear in the text, however it repeats itself', () => {
  const pieces = splitWildcard(`*${'a'.repeat(50_000)}b*${'a'.repeat(50_000)}c*`) ?? [];
  assert.equal(matchesWildcard(pieces, 'a'.repeat(250_000)), false);
});

const scalar = fc.oneof(
  fc.constantFrom('x', 'y', 'xy', ''),
  fc.integer({ min: -3, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);
const condition: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.constantFrom('x', 'y').map((prefix) => ({ prefix })),
  fc.constantFrom('x', 'y').map((suffix) => ({ suffix })),
  fc.boolean().map((exists) => ({ exists })),
  fc.integer({ min: -3, max: 3 }).map((value) => ({ numeric: ['>=', value] })),
);
const conditions = fc.array(condition, { minLength: 1, maxLength: 3 });
const keys = fc.constantFrom('a', 'b', 'c');
const bodies = fc.dictionary(keys, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxKeys: 3 });

test('a policy is the conjunction of its keys, and each key the disjunction of its conditions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keys, conditions, { maxKeys: 3 }), bodies, async (policy, body) => {
      const keyPasses = async ([key, list]: [string, unknown[]]) =>
        (await Promise.all(list.map((one) => passesByBody({ [key]: [one] }, body)))).includes(true);
      const each = !(await Promise.all(Object.entries(policy).map(keyPasses))).includes(false);
      assert.equal(await passesByBody(policy, body), each);
    }),
  );
});

test('an $or is the disjunction of its alternatives', async () => {
  const alternative = fc.dictionary(keys, conditions, { minKeys: 1, maxKeys: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(alternative, { minLength: 2, maxLength: 3 }), bodies, async (alternatives, body) => {
      const either = (await Promise.all(alternatives.map((each) => passesByBody(each, body)))).includes(true);
      assert.equal(await passesByBody({ $or: alternatives }, body), either);
    }),
  );
});

test('of a single value, anything-but passes what the list of the same values stops', async () => {
  const values = fc.array(fc.oneof(fc.constantFrom('x', 'y'), fc.integer({ min: 0, max: 2 })), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(values, scalar, async (list, value) => {
      const listed = await passesByBody({ a: list }, { a: value });
      assert.equal(await passesByBody({ a: [{ 'anything-but': list }] }, { a: value }), !listed);
    }),
  );
});

test('no text makes the reader throw anything but a refusal', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(keys, conditions).map((each) => JSON.stringify(each)),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('MessageAttributes', 'MessageBody'), (policy, scope) => {
      try {
        parseFilterPolicy(policy, scope);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'InvalidParameter');
      }
    }),
  );
});

test('however large policy and body, others have their turn while they are matched', async () => {
  const wildcards = Array.from({ length: 150 }, (_, at) => ({ wildcard: `*${'a'.repeat(1000)}b${at}*` }));
  const policy = parseFilterPolicy(JSON.stringify({ a: wildcards }), 'MessageBody');
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const passes = await new MessageFilter({}).passes(policy, JSON.stringify({ a: 'a'.repeat(250_000) }));
  isOver = true;
  assert.equal(passes, false);
  assert.ok(turns >= 150, `${turns} turns`);
});

test('anything-but takes a list of any length, and patterns as many as a policy may have', () => {
  const values = Array.from({ length: 20_000 }, (_, at) => `v${at}`);
  parseFilterPolicy(JSON.stringify({ a: [{ 'anything-but': values }] }), 'MessageBody');
  const many = { a: [{ 'anything-but': { prefix: values } }] };
  assert.throws(() => parseFilterPolicy(JSON.stringify(many), 'MessageBody'), /Filter policy is too complex/);
});
