import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClientToken } from './client-token.ts';

test('a call that needs a token has one, and keeps its own', () => {
  const create = { service: 'secretsmanager', operation: 'CreateSecret', input: { Name: 'a' } } as const;
  assert.deepEqual(withClientToken(create, () => 't').input, { Name: 'a', ClientRequestToken: 't' });
  const own = { ...create, input: { Name: 'a', ClientRequestToken: 'own' } };
  assert.equal(
    withClientToken(own, () => 't'),
    own,
  );
  const list = { service: 'secretsmanager', operation: 'ListSecrets', input: {} } as const;
  assert.equal(
    withClientToken(list, () => 't'),
    list,
  );
});
