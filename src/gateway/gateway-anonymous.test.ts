import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { z } from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Arn } from '../core/ids.ts';
import { defineOperation, type ServiceDefinition } from '../core/operation.ts';
import { rolePrincipal } from '../iam/index.ts';
import { startGateway } from './gateway.fixture.ts';
import { OperationRegistry } from './operation-registry.ts';

const parts = {
  schema: z.object({}),
  readOnly: true,
  audit: 'management' as const,
  handler: (_input: object, { principal }: { principal: { kind: string } }) => ({ kind: principal.kind }),
};

const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;

const definition: ServiceDefinition = {
  name: 'sns',
  apiVersion: '2010-03-31',
  protocol: { kind: 'awsQuery', xmlNamespace: 'urn:sns' },
  errors: { validation: 'InvalidParameter', internal: 'InternalError' },
  operations: {
    Open: defineOperation<object, object>()({ ...parts, anonymous: true, access: () => [] }),
    Guarded: defineOperation<object, object>()({
      ...parts,
      anonymous: true,
      access: () => [{ action: 'sns:Guarded', resource: '*' }],
    }),
    Tokened: defineOperation<{ Token?: string | undefined }, object>()({
      ...parts,
      schema: z.object({ Token: z.string().optional() }),
      identify: async ({ Token }, { account, now }) => {
        if (Token !== 'good') throw new ServiceError('InvalidIdentityToken', `The token of ${now > 0} is not good`);
        return rolePrincipal({ ...{ account, roleArn, sessionName: 's' }, use: { kind: 'assumed' } });
      },
      access: () => [],
    }),
    Closed: defineOperation<object, object>()({ ...parts, access: () => [] }),
  },
};

const gateway = await startGateway({ registry: new OperationRegistry([definition]) });
after(() => gateway.gateway.close());

function get(action: string, method = 'GET') {
  return gateway.send({ method, target: `/?Action=${action}&Version=2010-03-31` });
}

test('an unsigned GET of an operation that says so is served, to nobody in particular', async () => {
  const { status, body } = await get('Open');
  assert.equal(status, 200);
  assert.match(body, /<kind>anonymous<\/kind>/);
});

test('nobody in particular may do nothing that needs a permission', async () => {
  const { status, body } = await get('Guarded');
  assert.equal(status, 403);
  assert.match(body, /<Code>AccessDenied<\/Code>/);
});

test('unsigned, other operations and other methods are refused', async () => {
  for (const answer of [await get('Closed'), await get('Open', 'POST')]) {
    assert.equal(answer.status, 403);
    assert.match(answer.body, /<Code>MissingAuthenticationToken<\/Code>/);
  }
});

function post(form: string, headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }) {
  return gateway.send({ method: 'POST', target: '/', headers, body: form });
}

test('an unsigned form of an operation that brings a token is served, as whom the token names', async () => {
  const good = await post('Action=Tokened&Version=2010-03-31&Token=good');
  assert.equal(good.status, 200);
  assert.match(good.body, /<kind>role-session<\/kind>/);
  const bad = await post('Action=Tokened&Version=2010-03-31&Token=bad');
  assert.equal(bad.status, 400);
  assert.match(bad.body, /<Code>InvalidIdentityToken<\/Code>/);
});

test('an unsigned form of any other operation is refused, whatever else it says', async () => {
  for (const action of ['Closed', 'Open', 'Guarded', 'Nonsense']) {
    const { status, body } = await post(`Action=${action}&Version=2010-03-31&Token=good`);
    assert.notEqual(status, 200, action);
    if (action !== 'Nonsense') assert.match(body, /<Code>MissingAuthenticationToken<\/Code>/);
  }
});

test('of an unsigned request no more than 64 KiB are read', async () => {
  const form = `Action=Tokened&Version=2010-03-31&Token=${'x'.repeat(65_536)}`;
  const announced = await post(form);
  assert.equal(announced.status, 403);
  const chunked = await post(form, {
    'content-type': 'application/x-www-form-urlencoded',
    'transfer-encoding': 'chunked',
  });
  assert.equal(chunked.status, 413);
});

test('without authentication an unsigned GET of such an operation is nobody too, and all else is root', async (context) => {
  const open = await startGateway({ registry: new OperationRegistry([definition]), authMode: 'none' });
  context.after(() => open.gateway.close());
  const kindOf = async (action: string) => {
    const { body } = await open.send({ method: 'GET', target: `/?Action=${action}&Version=2010-03-31` });
    return /<kind>(.*)<\/kind>/.exec(body)?.[1];
  };
  assert.deepEqual([await kindOf('Open'), await kindOf('Closed')], ['anonymous', 'root']);
});

test('a public document is served at its path, to whoever gets it', async (context) => {
  const documents = (path: string) =>
    path === '/a.pem' ? { contentType: 'application/x-pem-file', body: 'PEM' } : undefined;
  const open = await startGateway({ documents });
  context.after(() => open.gateway.close());
  const answer = await open.send({ method: 'GET', target: '/a.pem' });
  assert.deepEqual(
    [answer.status, answer.headers['content-type'], answer.body],
    [200, 'application/x-pem-file', 'PEM'],
  );
  assert.notEqual((await open.send({ method: 'GET', target: '/b.pem' })).status, 200);
});
