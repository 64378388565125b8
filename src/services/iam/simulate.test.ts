// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, EpochMilliseconds, Region } from '../../core/ids.ts';
import { callOperation, rejectionOf, rootContext } from '../../core/operation.fixture.ts';
import { getContextKeysForCustomPolicy } from './operations/get-context-keys-for-custom-policy.ts';
import { simulateCustomPolicy } from './operations/simulate-custom-policy.ts';

const context = rootContext(
  { account: '123456789012' as AccountId, region: 'us-east-1' as Region },
  0 as EpochMilliseconds,
);
const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';
const user = 'arn:aws:iam::123456789012:user/team/ada';

const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = { Effect: 'Allow', Action: 'batch:*', Resource: '*' };
const deny = { Effect: 'Deny', Action: 'batch:*', Resource: '*' };

function simulate(input: object) {
  const whole = { PolicyInputList: [policy(allow)], ActionNames: ['batch:SubmitJob'], ...input };
  return callOperation(simulateCustomPolicy, whole, context, async () => {});
}

async function resultOf(input: object) {
  const [result] = (await simulate(input)).EvaluationResults;
  return result ?? assert.fail('no result');
}

test("the example of AWS's manual is answered as it shows, with the place of the statement", async () => {
  const date = (value: string) => [
    { ContextKeyName: 'aws:CurrentTime', ContextKeyValues: [value], ContextKeyType: 'date' },
  ];
  const given =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",' +
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';
  const input = { PolicyInputList: [given], ActionNames: ['dynamodb:CreateBackup'] };
  const later = await resultOf({ ...input, ContextEntries: date('2019-04-25T11:00:00Z') });
  assert.deepEqual(later, {
    EvalActionName: 'dynamodb:CreateBackup',
    EvalResourceName: '*',
    EvalDecision: 'allowed',
    MatchedStatements: [
      {
        SourcePolicyId: 'PolicyInputList.1',
        SourcePolicyType: 'IAM Policy',
        StartPosition: { Line: 1, Column: 38 },
        EndPosition: { Line: 1, Column: 167 },
      },
    ],
    MissingContextValues: [],
  });
  const before = await resultOf({ ...input, ContextEntries: date('2014-04-25T11:00:00Z') });
  assert.deepEqual([before.EvalDecision, before.MatchedStatements], ['implicitDeny', []]);
});

test('a statement in a list is counted from behind the bracket, and the next from behind the one before', async () => {
  const text =
    '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect":"Allow","Action":"*","Resource":"*"},\n    {"Effect":"Allow","Action":"*","Resource":"*"}\n  ]\n}';
  const { MatchedStatements } = await resultOf({ PolicyInputList: [text] });
  assert.deepEqual(
    MatchedStatements.map(({ StartPosition, EndPosition }) => [StartPosition, EndPosition]),
    [
      [
        { Line: 3, Column: 17 },
        { Line: 4, Column: 51 },
      ],
      [
        { Line: 4, Column: 51 },
        { Line: 5, Column: 51 },
      ],
    ],
  );
});

test('each resource is told of by itself, and the whole is the most restrictive, with the template of its ARNs', async () => {
  const policies = [policy(allow), policy({ ...deny, Resource: `${queue}2` })];
  const result = await resultOf({ PolicyInputList: policies, ResourceArns: [queue, `${queue}2`] });
  assert.equal(result.EvalDecision, 'explicitDeny');
  assert.match(result.EvalResourceName, /^arn:\$\{Partition\}:batch:/);
  assert.deepEqual(
    result.MatchedStatements.map((each) => each.SourcePolicyId),
    ['PolicyInputList.2'],
  );
  assert.deepEqual(
    result.ResourceSpecificResults?.map((each) => [
      each.EvalResourceName,
      each.EvalResourceDecision,
      each.MatchedStatements.length,
    ]),
    [
      [queue, 'allowed', 1],
      [`${queue}2`, 'explicitDeny', 1],
    ],
  );
});

test('an action without resource-level permissions is asked on *, whatever is named', async () => {
  const policies = [policy({ ...allow, Resource: queue })];
  const decisions = async (action: string) =>
    (await resultOf({ PolicyInputList: policies, ActionNames: [action], ResourceArns: [queue] })).EvalDecision;
  assert.deepEqual(
    [await decisions('batch:SubmitJob'), await decisions('batch:ListJobs')],
    ['allowed', 'implicitDeny'],
  );
});

test('a boundary limits, and says so', async () => {
  const boundary = [policy({ ...allow, Action: 'sns:*' })];
  const result = await resultOf({ PermissionsBoundaryPolicyInputList: boundary });
  assert.deepEqual(
    [result.EvalDecision, result.PermissionsBoundaryDecisionDetail],
    ['implicitDeny', { AllowedByPermissionsBoundary: false }],
  );
});

test('each level of an organization limits, and says so', async () => {
  const levels = [
    { ServiceControlPolicyInputList: [policy(allow)] },
    { ServiceControlPolicyInputList: [policy({ ...allow, Action: 'sns:*' })] },
  ];
  const result = await resultOf({ OrderedOrganizationPolicyInputList: levels });
  assert.deepEqual(
    [result.EvalDecision, result.OrganizationsDecisionDetail],
    ['implicitDeny', { AllowedByOrganizations: false }],
  );
  const open = await resultOf({ OrderedOrganizationPolicyInputList: levels.slice(0, 1) });
  assert.deepEqual(
    [open.EvalDecision, open.OrganizationsDecisionDetail],
    ['allowed', { AllowedByOrganizations: true }],
  );
});

test('a policy of the resource grants to its caller, within an account and across', async () => {
  const resourcePolicy = policy({ Effect: 'Allow', Principal: { AWS: user }, Action: 'sns:Publish', Resource: '*' });
  const input = {
    PolicyInputList: [policy(allow)],
    ActionNames: ['sns:Publish'],
    ResourcePolicy: resourcePolicy,
    CallerArn: user,
  };
  const topic = (account: string) => [`arn:aws:sns:us-east-1:${account}:topic`];
  const within = await resultOf({ ...input, ResourceArns: topic('123456789012') });
  assert.deepEqual([within.EvalDecision, within.EvalDecisionDetails], ['allowed', {}]);
  assert.deepEqual(
    within.MatchedStatements.map((each) => each.SourcePolicyId),
    ['ResourcePolicy'],
  );
  const across = await resultOf({ ...input, ResourceArns: topic('999999999999') });
  const sides = { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' };
  assert.deepEqual([across.EvalDecision, across.EvalDecisionDetails], ['implicitDeny', sides]);
  const owned = await resultOf({
    ...input,
    ResourceArns: ['arn:aws:s3:::b'],
    ActionNames: ['sns:Publish'],
    ResourceOwner: 'arn:aws:iam::999999999999:root',
  });
  assert.deepEqual(owned.EvalDecisionDetails, sides);
});

test('the caller gives the keys of a user; what policies ask beside it is missing', async () => {
  const home = {
    ...allow,
    Resource: 'arn:aws:batch:*:*:job-queue/${aws:username}',
    Condition: { Bool: { 'aws:SecureTransport': 'true' } },
  };
  const input = {
    PolicyInputList: [policy(home)],
    ResourceArns: ['arn:aws:batch:us-east-1:123456789012:job-queue/ada'],
  };
  const without = await resultOf(input);
  assert.deepEqual(without.MissingContextValues, ['aws:username', 'aws:SecureTransport']);
  const secure = [{ ContextKeyName: 'AWS:securetransport', ContextKeyValues: ['true'], ContextKeyType: 'boolean' }];
  const whole = await resultOf({ ...input, CallerArn: user, ContextEntries: secure });
  assert.deepEqual([whole.EvalDecision, whole.MissingContextValues], ['allowed', []]);
});

test('a list of values is a list, whatever its length', async () => {
  const condition = {
    Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'aws:TagKeys': 'false' } },
  };
  const ask = async (values: readonly string[]) => {
    const ContextEntries = [{ ContextKeyName: 'aws:TagKeys', ContextKeyValues: values, ContextKeyType: 'stringList' }];
    return (await resultOf({ PolicyInputList: [policy({ ...allow, ...condition })], ContextEntries })).EvalDecision;
  };
  assert.deepEqual(
    [await ask(['a']), await ask(['a', 'b']), await ask([])],
    ['allowed', 'implicitDeny', 'implicitDeny'],
  );
});

test('pages follow each other, an action a result', async () => {
  const ActionNames = ['batch:SubmitJob', 'batch:ListJobs', 'batch:CancelJob'];
  const first = await simulate({ ActionNames, MaxItems: '2' });
  assert.deepEqual([first.EvaluationResults.length, first.IsTruncated], [2, true]);
  const second = await simulate({ ActionNames, MaxItems: '2', Marker: first.Marker });
  assert.deepEqual(
    second.EvaluationResults.map((each) => each.EvalActionName),
    ['batch:CancelJob'],
  );
  assert.deepEqual([second.IsTruncated, second.Marker], [false, undefined]);
});

test('a page ends before it costs too much, and a policy that no page holds is refused', async () => {
  const stars = { ...allow, Resource: `arn:aws:batch:${'a*?'.repeat(300)}` };
  const costly = policy(...Array.from({ length: 100 }, () => stars));
  const ResourceArns = ['1', '2'].map((end) => `arn:aws:batch:us-east-1:123456789012:${'a'.repeat(900)}${end}`);
  const ActionNames = ['batch:SubmitJob', 'batch:CancelJob', 'batch:TerminateJob'];
  const page = await simulate({ PolicyInputList: [costly], ActionNames, ResourceArns: ResourceArns.slice(0, 1) });
  assert.deepEqual([page.EvaluationResults.length, page.IsTruncated], [1, true]);
  const tooMany = { PolicyInputList: [costly], ActionNames, ResourceArns };
  const refusal = await rejectionOf(simulate(tooMany));
  assert.ok(refusal instanceof ServiceError);
  assert.deepEqual([refusal.code, refusal.status], ['PolicyEvaluation', 500]);
});

test('a page ends before what it tells grows long: results, and the keys that each of them misses', async () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => [`k:${index}`, 'a']);
  const asking = policy({ ...allow, Condition: { StringEquals: Object.fromEntries(keys) } });
  const arns = (count: number) => Array.from({ length: count }, (_, index) => `arn:aws:batch:us-east-1:1:a/${index}`);
  const one = { PolicyInputList: [asking], ResourceArns: arns(1) };
  const short = await simulate({ ...one, ActionNames: Array.from({ length: 50 }, (_, index) => `batch:A${index}`) });
  assert.ok(short.IsTruncated && short.EvaluationResults.length < 20, `${short.EvaluationResults.length} results`);
  const tooLong = [
    { ...one, ResourceArns: arns(100) },
    { PolicyInputList: [policy(allow)], ResourceArns: arns(30_000) },
  ];
  for (const input of tooLong) {
    const refusal = await rejectionOf(simulate({ ...input, ActionNames: ['batch:SubmitJob'] }));
    assert.ok(refusal instanceof ServiceError && refusal.code === 'PolicyEvaluation');
  }
});

test('what cannot be simulated is refused as InvalidInput', async () => {
  const resourcePolicy = policy({
    Effect: 'Allow',
    Principal: '*',
    Action: 'sns:Publish',
    Resource: 'arn:aws:sns:*:*:a',
  });
  const inputs: readonly object[] = [
    { ActionNames: ['batch:*'] },
    { ActionNames: ['SubmitJob'] },
    { ResourceArns: ['queue'] },
    { PolicyInputList: ['{'] },
    { PolicyInputList: [policy({ ...allow, Principal: '*' })] },
    { PermissionsBoundaryPolicyInputList: [policy(allow), policy(allow)] },
    { ResourcePolicy: resourcePolicy, ResourceArns: ['arn:aws:sns:us-east-1:123456789012:a'] },
    { ResourcePolicy: resourcePolicy, CallerArn: user, ResourceArns: ['arn:aws:sns:us-east-1:123456789012:b'] },
    { ResourcePolicy: resourcePolicy, CallerArn: user, ResourceArns: ['arn:aws:iam::123456789012:role/r'] },
    { CallerArn: 'arn:aws:sts::123456789012:assumed-role/r/s' },
    { CallerArn: 'arn:aws:iam::123456789012:root' },
    { ResourceOwner: '123456789012' },
    { Marker: 'x' },
    { ContextEntries: [{ ContextKeyValues: ['a'] }] },
    { ResourceHandlingOption: 'EC2-Classic' },
    { ResourceHandlingOption: 'EC2-VPC-EBS', ResourceArns: ['arn:aws:ec2:us-east-1:123456789012:instance/*'] },
  ];
  for (const input of inputs) {
    const refusal = await rejectionOf(simulate(input));
    assert.ok(refusal instanceof ServiceError, JSON.stringify(input));
    assert.equal(refusal.code, 'InvalidInput', JSON.stringify(input));
  }
});

test('the keys that policies ask for are told once each, those of variables too', async () => {
  const first = policy({
    ...allow,
    Condition: { Bool: { 'aws:SecureTransport': 'true' }, StringLike: { 'batch:Image': '${aws:username}/*' } },
  });
  const second = policy({ ...allow, Condition: { Null: { 'AWS:USERNAME': 'true' } } });
  const { ContextKeyNames } = await callOperation(
    getContextKeysForCustomPolicy,
    { PolicyInputList: [first, second] },
    context,
    async () => {},
  );
  assert.deepEqual(ContextKeyNames.toSorted(), ['AWS:USERNAME', 'aws:SecureTransport', 'batch:Image']);
});
