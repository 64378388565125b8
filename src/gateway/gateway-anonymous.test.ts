import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { z } from 'zod';
import { defineOperation, type ServiceDefinition } from '../core/operation.ts';
import { startGateway } from './gateway.fixture.ts';
import { OperationRegistry } from './operation-registry.ts';

const parts = {
  schema: z.object({}),
  readOnly: true,
  audit: 'management' as const,
  handler: (_input: object, { principal }: { principal: { kind: string } }) => ({ kind: principal.kind }),
};

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
