// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compilePolicy,
  evaluatePolicies,
  type PolicyKind,
  RequestKeys,
  readPolicy,
  Steps,
  TooCostly,
} from './index.ts';

const kinds = fc.constantFrom<PolicyKind>('identity', 'boundary', 'session', 'organization', 'resource', 'trust');
const pieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"Statement"',
  '"Effect"',
  '"Allow"',
  '"Action"',
  '"*"',
  '"Resource"',
  '"a:b"',
  '"',
  '\\',
  'null',
  '1',
  '"Condition"',
  '"StringLike"',
  '"${*}"',
  '\n',
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join(''));

/** A member of a sound policy that is something else. */
const spoiled = fc
  .tuple(
    fc.constantFrom(
      'Version',
      'Id',
      'Sid',
      'Effect',
      'Action',
      'NotAction',
      'Resource',
      'NotResource',
      'Principal',
      'NotPrincipal',
      'Condition',
      '__proto__',
      'constructor',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  )
  .map(([name, value]) => {
    const statement = { Effect: 'Allow', Action: 'a:b', Resource: '*', [name]: value };
    return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  });

const user = { kind: 'user', account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada' } as const;

test('any text is a policy that can be evaluated, or malformed in words', () => {
  const property = fc.property(fc.oneof(soup, spoiled, fc.json(), fc.string()), kinds, (text, kind) => {
    const reading = readPolicy(text, kind);
    if (reading.kind === 'malformed') {
      assert.ok(reading.message.length > 0);
      return;
    }
    const policy = compilePolicy(reading.document, 'p');
    const keys = new RequestKeys({ 'aws:username': 'ada' });
    const policies =
      kind === 'resource' || kind === 'trust' ? { identity: [], resource: policy } : { identity: [policy] };
    evaluatePolicies({ requester: user, action: 'a:b', resource: '*', keys }, policies);
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** As long as a document may be. */
const longest = 131_072;

test('a document that nests deep, or never closes, is malformed, and is read in one pass', () => {
  for (const text of [
    '['.repeat(longest),
    '{"a":'.repeat(longest / 5),
    `"${'\\'.repeat(longest)}`,
    '{"Statement":'.concat('['.repeat(20)),
  ]) {
    const reading = readPolicy(text, 'identity');
    assert.equal(reading.kind === 'malformed' && reading.message, 'Syntax errors in policy.');
  }
});

function policyOf(statement: object, kind: PolicyKind = 'identity') {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*', ...statement },
  });
  const reading = readPolicy(text, kind);
  return reading.kind === 'policy' ? compilePolicy(reading.document, 'p') : assert.fail(reading.message);
}

/** Whether so many steps suffice. */
function isWithin(steps: number, policy: ReturnType<typeof policyOf>, resource: string, keys: RequestKeys): boolean {
  const policies = policy.kind === 'resource' ? { identity: [], resource: policy } : { identity: [policy] };
  try {
    evaluatePolicies({ requester: user, action: 'a:b', resource, keys }, policies, new Steps(steps));
    return true;
  } catch (error) {
    if (error instanceof TooCostly) return false;
    throw error;
  }
}

test('many wildcards cost the product of text and pattern by 32 at most, whatever they are', () => {
  const resource = `arn:aws:s3:::${'a'.repeat(2_000)}`;
  for (const piece of ['a*', '*a', '?*', 'a?*b', '*:*a', '?']) {
    const pattern = `arn:aws:s3:::${piece.repeat(2_000 / piece.length)}b`;
    const most = (resource.length + 1) * (pattern.length / 32 + 2);
    assert.ok(isWithin(most, policyOf({ Resource: pattern }), resource, new RequestKeys({})), piece);
  }
});

test('what looks like variables and is none is read as text, in one pass', () => {
  for (const text of ['${'.repeat(longest / 4), `\${${"'".repeat(longest / 2)}`, "${a,'".repeat(longest / 8)]) {
    const policy = policyOf({ Condition: { StringEquals: { 'aws:username': text } } });
    assert.deepEqual(policy.keys, ['aws:username']);
    assert.equal(isWithin(longest * 2, policy, '*', new RequestKeys({ 'aws:username': text })), true);
  }
});

test('long lists of values against long lists of patterns end when the steps are used up', () => {
  const patterns = Array.from({ length: 2_000 }, (_, index) => `${index}*?b`);
  const policy = policyOf({ Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': patterns } } });
  const keys = new RequestKeys({ 'aws:TagKeys': Array.from({ length: 2_000 }, (_, index) => `a${index}`) });
  assert.equal(isWithin(100_000, policy, '*', keys), false);
});

test('values that cannot be compared, and variables that nothing gives, cost steps too', () => {
  const operators = {
    Bool: 'true',
    NumericEquals: '1',
    NumericLessThan: 'none',
    ArnLike: 'arn:aws:s3:::a',
    ArnEquals: 'none',
    StringEquals: '${aws:nobody}',
  };
  const keys = new RequestKeys({ 'aws:TagKeys': Array.from({ length: 2_000 }, (_, index) => `a${index}`) });
  for (const [operator, value] of Object.entries(operators)) {
    const values = Array.from({ length: 2_000 }, () => value);
    const policy = policyOf({ Condition: { [`ForAnyValue:${operator}`]: { 'aws:TagKeys': values } } });
    assert.equal(isWithin(100_000, policy, '*', keys), false, operator);
  }
});

test('a pattern of characters that all differ is made in one pass, its own and what a variable stands for', () => {
  const different = (length: number) =>
    Array.from({ length }, (_, index) => String.fromCodePoint(0x1_0000 + index)).join('');
  const many = different(50_000);
  for (const pattern of [`${many}?`, '${aws:userid}?']) {
    const policy = policyOf({ Condition: { StringLike: { 'aws:username': pattern } } });
    const keys = new RequestKeys({ 'aws:userid': many, 'aws:username': 'a' });
    assert.equal(isWithin(200_000, policy, '*', keys), true);
  }
  const few = different(500);
  const decide = (name: string) => {
    const policy = policyOf({ Condition: { StringLike: { 'aws:username': `${few}?` } } });
    const keys = new RequestKeys({ 'aws:username': name });
    const request = { requester: user, action: 'a:b', resource: '*', keys };
    return evaluatePolicies(request, { identity: [policy] }).verdict;
  };
  const verdicts = [`${few}a`, `${few}:`, few, `a${few}`].map(decide);
  assert.deepEqual(verdicts, ['allowed', 'allowed', 'implicitDeny', 'implicitDeny']);
});

test('whatever is looked at costs steps, also where nothing is compared', () => {
  const [many, long] = [1_000, 'a'.repeat(1_000)];
  const list = (value: string) => Array<string>(many).fill(value);
  const absent = Object.fromEntries(list('x').map((value, index) => [`a:b${index}`, value]));
  const conditions: readonly (readonly [condition: object, value?: string])[] = [
    [{ Null: { 'a:b': list('true') } }],
    [{ NumericEquals: { 'a:b': list('x') } }, '1'],
    [{ Bool: { 'a:b': 'true' } }, long],
    [{ StringEqualsIgnoreCase: { 'a:b': 'x' } }, long],
    [{ ArnLike: { 'a:b': 'arn:aws:s3:::x' } }, long],
    [{ StringEquals: { 'a:b': long } }, long],
    [{ StringEqualsIfExists: absent }],
    [{ StringEquals: { 'a:b': '${c:d}'.repeat(many) } }, 'x'],
  ];
  const isFree = (policy: ReturnType<typeof policyOf>, value?: string) =>
    isWithin(many - 1, policy, '*', new RequestKeys({ 'c:d': '', ...(value === undefined ? {} : { 'a:b': value }) }));
  for (const [condition, value] of conditions)
    assert.equal(isFree(policyOf({ Condition: condition }), value), false, JSON.stringify(condition).slice(0, 50));
  const principals = list('').map((_, index) => String(100_000_000_000 + index));
  assert.equal(isFree(policyOf({ Principal: { AWS: principals } }, 'resource')), false);
});

test('a pattern takes time and memory linear in its length, however many characters it names', () => {
  const named = String.fromCodePoint(...Array.from({ length: 60_000 }, (_, index) => 0x1_00_00 + index));
  const policy = policyOf({ Condition: { StringLike: { 'a:b': '${c:d}?' } } });
  const verdictOf = (value: string) => {
    const keys = new RequestKeys({ 'c:d': named, 'a:b': value });
    const request = { requester: user, action: 'a:b', resource: '*', keys };
    return evaluatePolicies(request, { identity: [policy] }, new Steps(1e9)).verdict;
  };
  assert.equal(verdictOf(`${named}x`), 'allowed');
  assert.equal(verdictOf(`x${named}`), 'implicitDeny');
});
