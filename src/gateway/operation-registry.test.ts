import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { AccountId, Arn, Region } from '../core/ids.ts';
import { defineOperation, lateOperations, type RequestContext, type ServiceDefinition } from '../core/operation.ts';
import { SystemRandom } from '../core/random.ts';
import { rolePrincipal, rootPrincipal, Sessions } from '../iam/index.ts';
import { createSts } from '../services/sts/index.ts';
import { OperationRegistry } from './operation-registry.ts';
import { sliceLength } from './sliced-validation.ts';

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
const sts = createSts({ sessions: new Sessions('secret', new SystemRandom()) });
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

test('an input of another service is validated in slices too', async () => {
  let seen = 0;
  const counted = z.preprocess((value) => {
    seen++;
    return value;
  }, z.object({}));
  const service: ServiceDefinition = {
    name: 'logs',
    apiVersion: '2014-03-28',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'T' },
    errors: { validation: 'InvalidParameterException', internal: 'ServiceUnavailableException' },
    operations: {
      Put: defineOperation<object, object>()({
        schema: z.object({ items: z.array(counted) }),
        ...{ readOnly: false, audit: 'none', access: () => [], handler: () => ({}) },
      }),
    },
  };
  const items = Array.from({ length: 100_000 }, () => null);
  const call = new OperationRegistry([service]).invoke('logs', 'Put', { items }, context);
  await refused(call, 'SerializationException');
  assert.equal(seen, sliceLength);
});

test('what cannot be called is refused, not thrown as a bug', async () => {
  await refused(registry.invoke('nothing', 'X', {}, context), 'UnknownServiceException');
  await refused(registry.invoke('sts', 'Nothing', {}, context), 'InvalidAction');
  await refused(registry.invoke('sts', 'GetWebIdentityToken', {}, context), 'NotImplemented');
});

test('two services of one name are a mistake', () => {
  assert.throws(() => new OperationRegistry([sts, sts]), /two services are named sts/);
});

test('what is read late is read once, at the first call, and authorized and validated like anything else', async () => {
  let reads = 0;
  let fails = true;
  const operation = defineOperation<object, object>()({
    schema: z.object({ name: z.string() }),
    readOnly: true,
    audit: 'none',
    access: () => [{ action: 'toy:Get', resource: '*' }],
    handler: ({ name }) => ({ name }),
  });
  const service: ServiceDefinition = {
    name: 'toy',
    apiVersion: '1',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'Toy' },
    errors: { validation: 'Wrong', internal: 'Broken' },
    operations: lateOperations({
      reads: ['Get'],
      load: async () => {
        reads += 1;
        if (fails) throw new Error('no file left');
        return { Get: operation };
      },
    }),
  };
  const own = new OperationRegistry([service]);
  const get = (input: object, by = context) => own.invoke('toy', 'Get', input, by);
  assert.equal(reads, 0);
  await assert.rejects(get({ name: 'a' }), /no file left/);
  fails = false;
  assert.deepEqual(await Promise.all([get({ name: 'a' }), get({ name: 'b' })]), [{ name: 'a' }, { name: 'b' }]);
  assert.equal(reads, 2);
  await refused(get({}), 'Wrong');
  const roleArn = 'arn:aws:iam::123456789012:role/y' as Arn;
  const principal = rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'assumed' } });
  await refused(get({ name: 'a' }, { ...context, principal }), 'AccessDeniedException');
});
