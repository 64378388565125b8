// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileGlob } from './glob.ts';
import { arnTokensOf, tokensOf } from './glob-token.ts';
import {
  type CompiledPolicy,
  compilePolicy,
  evaluatePolicies,
  type PolicyKind,
  RequestKeys,
  readPolicy,
  Steps,
} from './index.ts';
import { type NaivePolicies, type NaivePolicy, type NaiveRequest, naiveDecision } from './naive.fixture.ts';
import type { Requester } from './requester.ts';

const account = '111122223333';
const other = '444455556666';
const user = `arn:aws:iam::${account}:user/ada`;
const role = `arn:aws:iam::${account}:role/worker`;
const session = `arn:aws:sts::${account}:assumed-role/worker/one`;

const some = fc.constantFrom.bind(fc);
const oneOrMore = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(arbitrary, fc.array(arbitrary, { minLength: 1, maxLength: 3 }));

const actions = some(
  '*',
  'batch:*',
  'batch:SubmitJob',
  'BATCH:submit*',
  'batch:?ubmitJob',
  'sns:Publish',
  'batch:*Job',
  's3:Get*',
);
const resources = some(
  '*',
  'arn:aws:batch:*',
  'arn:aws:batch:us-east-1:111122223333:job-queue/*',
  'arn:aws:batch:*:*:job-queue/a',
  'arn:aws:batch:us-east-1:111122223333:job-definition/a*:1',
  'arn:aws:batch:us-east-?:111122223333:job-*/?',
  'arn:aws:batch:us-east-1:111122223333:job-queue/${aws:username}',
  "arn:aws:batch:us-east-1:111122223333:job-queue/${aws:PrincipalTag/team, 'a'}*",
  'arn:aws:batch:us-east-1:111122223333:job-queue/${*}',
  'arn:aws:batch:us-east-1:111122223333:job-definition/*${aws:PrincipalTag/team}',
  'arn:aws:batch:${aws:username}:111122223333:job-queue/a',
  'arn:aws:batch:*:job*',
);
const askedResources = some(
  '*',
  'arn:aws:batch:us-east-1:111122223333:job-queue/a',
  'arn:aws:batch:us-east-1:111122223333:job-queue/ada',
  'arn:aws:batch:us-east-1:111122223333:job-queue/*',
  'arn:aws:batch:us-east-1:111122223333:job-definition/ab:1',
  'arn:aws:batch:us-east-1:111122223333:job-definition/ab:1:1',
  'arn:aws:batch:eu-west-1:444455556666:job-queue/a',
);

const texts = some(
  '',
  'a',
  'A',
  'ab',
  '*',
  'a*',
  '?b',
  '${aws:username}',
  "${aws:PrincipalTag/team, 'ab'}",
  '${*}',
  '${aws:TagKeys}',
  '${',
  'ada',
  'Ada',
);
const numbers = some('1', '1.0', '01', '-0', '0', '2.5', '.5', '1e3', 'x', '10', '-3', '3.');
const dates = some(
  '2020',
  '2020-02',
  '2020-02-30',
  '2020-02-29',
  '2020-02-29T00:00:00Z',
  '2020-02-29T01:00+01:00',
  '1582934400',
  'x',
  '2020-02-29T00:00:00.5Z',
  '2021-01-01T24:00Z',
);
const booleans = some('true', 'false', 'TRUE', 'x', '${aws:username}');
const binaries = some('YQ==', 'YQ', 'YWI=', '', '!', 'YWJj');
const addresses = some(
  '10.0.0.1',
  '10.0.0.0/8',
  '10.1.2.3/32',
  '0.0.0.0/0',
  '::1',
  '2001:db8::/32',
  '2001:db8::5',
  '::/0',
  'x',
  '10.0.0.0/33',
  '1.2.3',
);
const arns = some(
  'arn:aws:iam::111122223333:role/worker',
  'arn:aws:iam::*:role/*',
  'arn:aws:iam::1111????3333:role/${aws:username}',
  'arn:*:*:*:*:*',
  'arn:aws:*:role/worker',
  'arn:aws:sns:us-east-1:111122223333:a:b',
  'arn:aws:sns:us-east-1:111122223333:a*b',
  '*',
  'x',
);

const families = {
  String: {
    names: ['Equals', 'NotEquals', 'EqualsIgnoreCase', 'NotEqualsIgnoreCase', 'Like', 'NotLike'],
    values: texts,
  },
  Numeric: {
    names: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'],
    values: numbers,
  },
  Date: {
    names: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'],
    values: dates,
  },
  Bool: { names: [''], values: booleans },
  Binary: { names: ['Equals'], values: binaries },
  IpAddress: { names: [''], values: addresses },
  NotIpAddress: { names: [''], values: addresses },
  Arn: { names: ['Equals', 'NotEquals', 'Like', 'NotLike'], values: arns },
} as const;

const operators = fc.oneof(
  ...Object.entries(families).map(([family, { names, values }]) =>
    fc.record({
      operator: fc
        .tuple(some('', '', 'ForAllValues:', 'ForAnyValue:'), some(...names), some('', '', 'IfExists'))
        .map(([set, name, ifExists]) => `${set}${family}${name}${ifExists}`),
      values: oneOrMore(values),
      family: fc.constant(family),
    }),
  ),
  fc.record({
    operator: fc.constant('Null'),
    values: some('true', 'false', true, false),
    family: fc.constant('String'),
  }),
);

/** Each family has keys of its own, so that values are of its kind more often than not. */
const keyNames = (family: string) => [`t:${family}`, `T:${family.toUpperCase()}2`];

const conditions = fc
  .array(
    operators.chain((each) => some(...keyNames(each.family)).map((key) => ({ ...each, key }))),
    { maxLength: 3 },
  )
  .map((all) => {
    const blocks: Record<string, Record<string, unknown>> = {};
    for (const { operator, key, values } of all) blocks[operator] = { ...blocks[operator], [key]: values };
    return blocks;
  });

const principals = fc.oneof(
  some<unknown>(
    '*',
    { AWS: '*' },
    { AWS: account },
    { AWS: `arn:aws:iam::${account}:root` },
    { AWS: user },
    { AWS: role },
    { AWS: session },
  ),
  some<unknown>(
    { AWS: [other, user] },
    { Service: 'events.amazonaws.com' },
    { AWS: [session, role, account] },
    { AWS: [user, account] },
    { AWS: [role, account] },
  ),
);

const plainStatement = fc
  .tuple(
    some('Allow', 'Allow', 'Deny'),
    some('Action', 'Action', 'Action', 'NotAction'),
    oneOrMore(actions),
    some('Resource', 'Resource', 'NotResource'),
    oneOrMore(resources),
    conditions,
  )
  .map(
    ([Effect, act, acts, res, ress, Condition]) =>
      ({ Effect, [act]: acts, [res]: ress, Condition }) as NaivePolicy['Statement'][number],
  );

const resourceStatement = fc.tuple(plainStatement, some('Principal', 'Principal', 'NotPrincipal'), principals).map(
  ([statement, element, principal]) =>
    ({
      ...statement,
      [element === 'NotPrincipal' && statement.Effect === 'Deny' ? element : 'Principal']: principal,
    }) as NaivePolicy['Statement'][number],
);

const policyOf = (statement: fc.Arbitrary<NaivePolicy['Statement'][number]>): fc.Arbitrary<NaivePolicy> =>
  fc
    .tuple(
      some('2012-10-17', '2012-10-17', '2008-10-17', undefined),
      fc.array(statement, { minLength: 1, maxLength: 3 }),
    )
    .map(([Version, Statement]) => ({ ...(Version && { Version }), Statement }));

const policies: fc.Arbitrary<NaivePolicies> = fc.record(
  {
    identity: fc.array(policyOf(plainStatement), { maxLength: 2 }),
    boundary: fc.array(policyOf(plainStatement), { maxLength: 1 }),
    session: fc.array(policyOf(plainStatement), { maxLength: 1 }),
    resource: policyOf(resourceStatement),
  },
  { requiredKeys: ['identity'] },
);

const contexts = fc
  .tuple(
    fc.record(
      {
        'aws:username': some('a', 'ada', 'ADA', 'true', '*', 'worker'),
        'aws:PrincipalTag/team': some('', 'a', '1', 'x:y'),
        'aws:TagKeys': some<string[]>([], ['a'], ['a', 'b']),
      },
      { requiredKeys: [] },
    ),
    fc.tuple(
      ...Object.entries(families).map(([family, { values }]) =>
        fc.record(
          Object.fromEntries(
            keyNames(family).map((key) => [key, fc.oneof(values, values, fc.array(values, { maxLength: 3 }))]),
          ),
          { requiredKeys: [] },
        ),
      ),
    ),
  )
  .map(([first, rest]) => Object.assign({}, first, ...rest) as NaiveRequest['keys']);

const requesters = some<readonly [Requester, Pick<NaiveRequest, 'account' | 'arns' | 'service' | 'isRoot'>]>(
  [
    { kind: 'root', account },
    { account, arns: [], isRoot: true },
  ],
  [
    { kind: 'user', account, arn: user },
    { account, arns: [user] },
  ],
  [
    { kind: 'role-session', account, arn: session, roleArn: role },
    { account, arns: [session, role] },
  ],
  [
    { kind: 'service', service: 'events.amazonaws.com' },
    { arns: [], service: 'events.amazonaws.com' },
  ],
  [{ kind: 'anonymous' }, { arns: [] }],
);

const requests = fc.record({
  who: requesters,
  action: some('batch:SubmitJob', 'batch:submitjob', 'sns:Publish', 'batch:ListJobs', 's3:GetObject'),
  resource: askedResources,
  resourceAccount: some(undefined, account, other),
  keys: contexts,
});

function compiled(policy: NaivePolicy, kind: PolicyKind): CompiledPolicy {
  const reading = readPolicy(JSON.stringify(policy), kind);
  assert.equal(reading.kind, 'policy', JSON.stringify(reading));
  return compilePolicy(reading.kind === 'policy' ? reading.document : assert.fail(), kind);
}

test('whatever the policies and the request, a second evaluator that is as plain as the documents decides the same', () => {
  const property = fc.property(policies, requests, ({ identity, boundary, session, resource }, request) => {
    const { who, action, resource: asked, resourceAccount, keys } = request;
    const [requester, naive] = who;
    const owner = resourceAccount === undefined ? {} : { resourceAccount };
    const decision = evaluatePolicies(
      { requester, action, resource: asked, keys: new RequestKeys(keys), ...owner },
      {
        identity: identity.map((each) => compiled(each, 'identity')),
        caps: [
          ...(boundary
            ? [{ kind: 'boundary' as const, policies: boundary.map((each) => compiled(each, 'boundary')) }]
            : []),
          ...(session
            ? [{ kind: 'session' as const, policies: session.map((each) => compiled(each, 'session')) }]
            : []),
        ],
        ...(resource && { resource: compiled(resource, 'resource') }),
      },
    );
    const shown = decision.verdict === 'implicitDeny' ? `implicitDeny: ${decision.lacks}` : decision.verdict;
    const caps = { ...(boundary && { boundary }), ...(session && { session }), ...(resource && { resource }) };
    assert.equal(shown, naiveDecision({ ...naive, action, resource: asked, keys, ...owner }, { identity, ...caps }));
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** Patterns of few characters, so that much of them fits much of the text. */
const pattern = fc.string({ unit: some('a', 'b', ':', '*', '?', '😀'), maxLength: 12 });
const text = fc.string({ unit: some('a', 'b', ':', '😀'), maxLength: 12 });

test('a pattern fits what a regular expression of it fits, whether its wildcards stand for colons or not', () => {
  const property = fc.property(pattern, text, fc.boolean(), (written, asked, isArn) => {
    const source = written.replace(/\*+|\?/g, (token, at: number) => {
      if (token === '?') return isArn ? '[^:]' : '[^]';
      const next = written[at + token.length];
      return !isArn || next === undefined || next === ':' ? '[^]*' : '[^:]*';
    });
    const glob = compileGlob(isArn ? arnTokensOf(written) : tokensOf(written));
    assert.equal(glob.matches(asked, new Steps(1_000)), new RegExp(`^(?:${source})$`, 'u').test(asked));
  });
  fc.assert(property, { numRuns: 5_000 });
});

test('long pieces between stars are found as short ones are', () => {
  const piece = 'ab'.repeat(20);
  for (const glob of [`*${piece}*c`, `*${piece.slice(0, 20)}*c`].map((each) => compileGlob(tokensOf(each)))) {
    const fits = (asked: string) => glob.matches(asked, new Steps(1_000));
    assert.equal(fits(`a${piece}xc`), true);
    assert.equal(fits(`${piece}c`), true);
    assert.equal(fits(`${piece.slice(0, 18)}xbc`), false);
    assert.equal(fits(piece), false);
  }
});

test('a pattern longer than a word of bits fits as a short one does', () => {
  const long = `${'a?'.repeat(40)}*${'b'.repeat(70)}*`;
  const glob = compileGlob(arnTokensOf(long));
  const fits = (asked: string) => glob.matches(asked, new Steps(100_000));
  assert.equal(fits(`${'ax'.repeat(40)}zz${'b'.repeat(70)}:x`), true);
  assert.equal(fits(`${'ax'.repeat(40)}z:${'b'.repeat(70)}:x`), false);
  assert.equal(fits(`${'ax'.repeat(40)}${'b'.repeat(69)}`), false);
});
