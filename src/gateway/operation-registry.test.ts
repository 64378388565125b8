import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../core/errors.ts';
import type { AccountId, Arn, Region } from '../core/ids.ts';
import type { RequestContext } from '../core/operation.ts';
import { SystemRandom } from '../core/random.ts';
import { rolePrincipal, rootPrincipal, Sessions } from '../iam/index.ts';
import { createSts } from '../services/sts/index.ts';
import { OperationRegistry } from './operation-registry.ts';

const account = '123456789012' as AccountId;
const context: RequestContext = {
  account,
  region: 'us-east-1' as Region,
  principal: rootPrincipal(account),
  source: { kind: 'network', address: '127.0.0.1' },
  requestId: 'r',
  now: 0,
  signal: new AbortController().signal,
};
const sts = createSts(new Sessions('secret', new SystemRandom()));
const registry = new OperationRegistry([sts]);

function refused(call: Promise<unknown>, code: string): Promise<void> {
  return assert.rejects(call, (error) => error instanceof ServiceError && error.code === code);
}

test('a service calls another by name, validated and authorized like any caller', async () => {
  const identity = await registry.invoke<{ Account: string }>('sts', 'GetCallerIdentity', {}, context);
  assert.equal(identity.Account, account);
  await refused(registry.invoke('sts', 'AssumeRole', { RoleArn: 'x' }, context), 'ValidationError');
  const role = { RoleArn: 'arn:aws:iam::123456789012:role/x', RoleSessionName: 'me' };
  const roleArn = 'arn:aws:iam::123456789012:role/y' as Arn;
  const principal = rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'assumed' } });
  const stranger = { ...context, principal };
  await refused(registry.invoke('sts', 'AssumeRole', role, stranger), 'AccessDenied');
});

test('what cannot be called is refused, not thrown as a bug', async () => {
  await refused(registry.invoke('nothing', 'X', {}, context), 'UnknownServiceException');
  await refused(registry.invoke('sts', 'Nothing', {}, context), 'InvalidAction');
  await refused(registry.invoke('sts', 'GetFederationToken', {}, context), 'NotImplemented');
});

test('two services of one name are a mistake', () => {
  assert.throws(() => new OperationRegistry([sts, sts]), /two services are named sts/);
});
