import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootContext } from '../../src/core/operation.fixture.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { FakePolicies, policyOf, statement } from '../../src/iam/authority/authority.fixture.ts';
import { Authority, type Deliveries, servicePrincipal } from '../../src/iam/index.ts';
import { functionArn, LambdaBench, scope } from '../../src/services/lambda/lambda.fixture.ts';

const topic = `arn:aws:sns:us-east-1:${scope.account}:alerts`;
const service = 'sns.amazonaws.com';
const permission = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction' };
const denied = { code: 'AccessDeniedException', status: 403 };

async function open(deliveries: Deliveries) {
  const bench = await LambdaBench.open();
  const stored = new FakePolicies();
  const authority = new Authority({ reads: stored, deliveries, unstoredRoles: 'nothing' });
  const registry = new OperationRegistry([bench.service.definition], undefined, authority);
  const context = rootContext(scope, bench.clock.now());
  const invoke = (more: object) =>
    registry.invoke(
      'lambda',
      'Invoke',
      { FunctionName: functionArn('f'), InvocationType: 'Event' },
      { ...context, ...more },
    );
  const deliver = (arn: string) =>
    invoke({ principal: servicePrincipal(scope.account, service), source: { kind: 'service', service, arn } });
  return { bench, stored, invoke, deliver };
}

test('a topic invokes a function whose policy lets it, where deliveries must be allowed', async () => {
  const { bench, deliver } = await open('if-allowed');
  await assert.rejects(deliver(topic), denied);
  await bench.call('AddPermission', { ...permission, Principal: service, SourceArn: topic });
  await deliver(topic);
  await assert.rejects(deliver(`${topic}2`), denied);
  await bench.call('RemovePermission', permission);
  await assert.rejects(deliver(topic), denied);
});

test('a topic invokes a function without a policy where deliveries need not be allowed', async () => {
  const { deliver } = await open('unless-denied');
  await deliver(topic);
});

test('who has no policy that lets them invokes a function if its own does, and nobody whose own denies it', async () => {
  const { bench, stored, invoke } = await open('if-allowed');
  const ada = stored.putUser('ada', {});
  const policies = [policyOf(statement('Deny', 'lambda:InvokeFunction'))];
  const bob = stored.putUser('bob', { policies });
  await assert.rejects(invoke({ principal: ada }), denied);
  await bench.call('AddPermission', { ...permission, Principal: ada.arn });
  await bench.call('AddPermission', { ...permission, StatementId: 'b', Principal: bob.arn });
  await invoke({ principal: ada });
  await assert.rejects(invoke({ principal: bob }), denied);
});
