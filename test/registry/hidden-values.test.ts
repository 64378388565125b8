import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySink } from '../../src/gateway/audit.fixture.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { SecretsBench } from '../../src/services/secretsmanager/secrets.fixture.ts';
import { SsmBench } from '../../src/services/ssm/ssm.fixture.ts';

const value = 'correct-horse-battery-staple';
const SecretBinary = Buffer.from(value).toString('base64');

/** Every operation that a value goes into or comes out of, and refusals of values that cannot be. */
const calls: readonly (readonly [service: string, operation: string, input: object])[] = [
  ['secretsmanager', 'CreateSecret', { Name: 'a', SecretString: value }],
  ['secretsmanager', 'CreateSecret', { Name: 'b', SecretBinary }],
  ['secretsmanager', 'CreateSecret', { Name: 'a', SecretString: value.repeat(9_000) }],
  ['secretsmanager', 'CreateSecret', { Name: 'c', SecretString: [value] }],
  ['secretsmanager', 'PutSecretValue', { SecretId: 'a', SecretString: `${value}2` }],
  ['secretsmanager', 'PutSecretValue', { SecretId: 'a', SecretBinary: `${SecretBinary}!` }],
  ['secretsmanager', 'PutSecretValue', { SecretId: 'none', SecretString: value }],
  ['secretsmanager', 'UpdateSecret', { SecretId: 'a', SecretString: `${value}3` }],
  ['secretsmanager', 'GetSecretValue', { SecretId: 'a' }],
  ['secretsmanager', 'BatchGetSecretValue', { SecretIdList: ['a', 'b'] }],
  ['secretsmanager', 'DescribeSecret', { SecretId: 'a' }],
  ['ssm', 'PutParameter', { Name: '/p', Value: value, Type: 'SecureString' }],
  ['ssm', 'PutParameter', { Name: '/p', Value: value.repeat(900), Overwrite: true }],
  ['ssm', 'PutParameter', { Name: '/p', Value: value, AllowedPattern: '[0-9]', Overwrite: true }],
  ['ssm', 'PutParameter', { Name: '/p', Value: { value }, Type: 'String' }],
  ['ssm', 'GetParameter', { Name: '/p', WithDecryption: true }],
  ['ssm', 'GetParameterHistory', { Name: '/p', WithDecryption: true }],
];

test('no value is in any record of the audit or any refusal, and each call has a record', async () => {
  await using secrets = await SecretsBench.open();
  await using ssm = await SsmBench.open();
  const sink = new MemorySink();
  const registry = new OperationRegistry([secrets.service, ssm.service], sink.options);
  let refused = 0;
  for (const [service, operation, input] of calls) {
    const given = service === 'secretsmanager' ? { ClientRequestToken: secrets.newToken(), ...input } : input;
    await registry.invoke(service, operation, given, secrets.context()).catch((error: Error) => {
      refused += 1;
      assert.ok(!/correct-horse/.test(error.message) && !error.message.includes(SecretBinary.slice(0, 12)));
    });
  }
  assert.equal(refused, 7);
  assert.deepEqual(
    sink.records.map(({ operation }) => operation),
    calls.map(([, operation]) => operation),
  );
  const kept = JSON.stringify(sink.records);
  assert.ok(!/correct-horse/.test(kept) && !kept.includes(SecretBinary.slice(0, 12)));
  assert.match(kept, /HIDDEN_DUE_TO_SECURITY_REASONS/);
});
