import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessOf, rootContext } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { LogsFixture, scope } from './logs-fixture.ts';

function document(group: string): string {
  const Resource = `arn:aws:logs:us-east-1:123456789012:log-group:${group}:*`;
  const Principal = { Service: 'events.amazonaws.com' };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'logs:Put*', Resource }],
  });
}

test('what services deliver is asked of the policies of the account, and of the one that the group has of its own', async () => {
  await using logs = await LogsFixture.open();
  const asked = async (operation: 'PutLogEvents' | 'CreateLogStream', logGroupName: string) => {
    const found = logs.service.definition.operations[operation] as Operation;
    const [question] = await accessOf(found, { logGroupName, logStreamName: 's' }, rootContext(scope, 0));
    return question?.resourcePolicy;
  };
  const put = (input: object) => logs.call('PutResourcePolicy', { expectedRevisionId: undefined, ...input });
  assert.equal(await asked('PutLogEvents', 'mine'), undefined);
  await put({ policyName: 'a', policyDocument: document('a') });
  await put({ policyName: 'b', policyDocument: document('b') });
  for (const logGroupName of ['mine', 'other']) {
    await logs.call('CreateLogGroup', { logGroupName });
    const resourceArn = `arn:aws:logs:us-east-1:${scope.account}:log-group:${logGroupName}`;
    await put({ resourceArn, policyDocument: document(logGroupName) });
  }
  const expected = ['a', 'b', 'mine'].map(document);
  for (const operation of ['PutLogEvents', 'CreateLogStream'] as const)
    assert.deepEqual(await asked(operation, 'mine'), expected);
});
