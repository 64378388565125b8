import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsError, LogsFixture } from './logs-fixture.ts';

function document(resource: string, service = 'events.amazonaws.com'): string {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'logs:PutLogEvents',
    Resource: resource,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:group';

test('policies of the account are put, changed, described by name and deleted, over a restart', async () => {
  await using logs = await LogsFixture.open();
  const now = logs.clock.now();
  const put = (policyName: string, policyDocument: string) =>
    logs.call('PutResourcePolicy', { policyName, policyDocument, expectedRevisionId: undefined });
  await put('b', document('*'));
  await put('a', document(`${resourceArn}:*`));
  const { resourcePolicy } = await put('a', document(`${resourceArn}-2:*`));
  const a = {
    policyName: 'a',
    policyDocument: document(`${resourceArn}-2:*`),
    lastUpdatedTime: now,
    policyScope: 'ACCOUNT',
  };
  assert.deepEqual(resourcePolicy, a);
  await logs.restart();
  const { resourcePolicies, nextToken } = await logs.call('DescribeResourcePolicies', { limit: 1 });
  assert.deepEqual(resourcePolicies, [a]);
  const rest = await logs.call('DescribeResourcePolicies', { limit: 1, nextToken });
  assert.deepEqual([rest.resourcePolicies?.map(({ policyName }) => policyName), rest.nextToken], [['b'], undefined]);
  await logs.call('DeleteResourcePolicy', { policyName: 'a' });
  await assert.rejects(
    logs.call('DeleteResourcePolicy', { policyName: 'a' }),
    awsError('ResourceNotFoundException', 'Policy with name [a] does not exist.'),
  );
});

test('an account has ten policies, each of which can be changed still', async () => {
  await using logs = await LogsFixture.open();
  const put = (policyName: string) =>
    logs.call('PutResourcePolicy', { policyName, policyDocument: document('*'), expectedRevisionId: undefined });
  for (let index = 0; index < 10; index += 1) await put(`policy-${index}`);
  await put('policy-3');
  await assert.rejects(put('policy-10'), awsError('LimitExceededException', 'Resource limit exceeded.'));
});

test('a group has one policy, which changes for who knows its revision and goes with the group', async () => {
  await using logs = await LogsFixture.open();
  const put = (expectedRevisionId?: string) =>
    logs.call('PutResourcePolicy', { policyDocument: document('*'), resourceArn, expectedRevisionId });
  await assert.rejects(put(), awsError('ResourceNotFoundException', 'The specified log group does not exist.'));
  await logs.call('CreateLogGroup', { logGroupName: 'group' });
  const { revisionId, resourcePolicy } = await put();
  assert.ok(revisionId);
  assert.deepEqual([resourcePolicy?.resourceArn, resourcePolicy?.policyScope], [resourceArn, 'RESOURCE']);
  const conflict = awsError('OperationAbortedException', /in conflict/);
  await assert.rejects(put(), conflict);
  await assert.rejects(put('another'), conflict);
  const second = (await put(revisionId)).revisionId;
  assert.notEqual(second, revisionId);
  await assert.rejects(logs.call('DeleteResourcePolicy', { resourceArn, expectedRevisionId: revisionId }), conflict);
  const list = async (input: object) => (await logs.call('DescribeResourcePolicies', input)).resourcePolicies?.length;
  assert.deepEqual([await list({}), await list({ policyScope: 'RESOURCE' }), await list({ resourceArn })], [0, 1, 1]);
  await logs.call('DeleteLogGroup', { logGroupName: 'group' });
  assert.equal(await list({ policyScope: 'RESOURCE' }), 0);
});

test('what is no policy is refused, and so is what names none', async () => {
  await using logs = await LogsFixture.open();
  const refused = async (input: object, words: RegExp) => {
    const given = { expectedRevisionId: undefined, ...input };
    await assert.rejects(logs.call('PutResourcePolicy', given), awsError('InvalidParameterException', words));
  };
  await refused({ policyName: 'p' }, /policyDocument is required/);
  await refused({ policyDocument: document('*') }, /policyName is required/);
  await refused({ policyName: '', policyDocument: document('*') }, /'policyName' .* greater than or equal to 1/);
  for (const policyDocument of ['no JSON', '{}', document('*').replace('Allow', 'Perhaps')]) {
    await refused({ policyName: 'p', policyDocument }, /^Policy document is malformed: /);
  }
  await refused({ policyName: 'p', policyDocument: ' '.repeat(51_201) }, /less than or equal to 51200/);
});
