import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, IamBench, refusal, scope } from './iam.fixture.ts';
import { accessKeyRecords, accessKeysAtRest, iamScope } from './records.ts';

interface Key {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Status: string;
}

async function openWithKey() {
  const bench = await IamBench.open();
  await bench.call('CreateUser', { UserName: 'ada', Path: '/team/' });
  const { AccessKey } = await bench.call<{ AccessKey: Key }>('CreateAccessKey', { UserName: 'ada' });
  return { bench, key: AccessKey, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

const found = ({ service }: IamBench, id: string) => service.keys.lookup(account, id);

test('a key stands for its user, after a restart too, and its secret is in no record', async () => {
  await using it = await openWithKey();
  const { AccessKeyId, SecretAccessKey } = it.key;
  assert.match(AccessKeyId, /^AKIA[A-Z2-7]{16}$/);
  assert.equal(SecretAccessKey.length, 40);
  await it.bench.restart();
  const lookup = found(it.bench, AccessKeyId);
  assert.equal(lookup.kind, 'found');
  assert.equal(lookup.secretAccessKey, SecretAccessKey);
  const { kind, arn, userId } = lookup.principal;
  assert.deepEqual([kind, arn, userId.slice(0, 4)], ['user', `arn:aws:iam::${account}:user/team/ada`, 'AIDA']);
  const { records } = await it.bench.store.load();
  assert.ok(!JSON.stringify(records).includes(SecretAccessKey));
  assert.equal(found(it.bench, 'AKIAAAAAAAAAAAAAAAAA').kind, 'unknown');
});

test('a key that is inactive or deleted is unknown at once, and an active one known again', async () => {
  await using it = await openWithKey();
  const { bench } = it;
  const { AccessKeyId } = it.key;
  const input = { UserName: 'ada', AccessKeyId };
  await bench.call('UpdateAccessKey', { ...input, Status: 'Inactive' });
  assert.equal(found(bench, AccessKeyId).kind, 'unknown');
  const { AccessKeyMetadata } = await bench.call<{ AccessKeyMetadata: Key[] }>('ListAccessKeys', { UserName: 'ada' });
  assert.deepEqual(
    AccessKeyMetadata.map(({ Status, ...rest }) => [Status, 'SecretAccessKey' in rest]),
    [['Inactive', false]],
  );
  await bench.call('UpdateAccessKey', { ...input, Status: 'Active' });
  assert.equal(found(bench, AccessKeyId).kind, 'found');
  await bench.call('DeleteAccessKey', input);
  assert.equal(found(bench, AccessKeyId).kind, 'unknown');
  const unknown = refusal('NoSuchEntity', `The Access Key with id ${AccessKeyId} cannot be found.`);
  await assert.rejects(bench.call('DeleteAccessKey', input), unknown);
});

test('a user has two keys at most, and none of another user', async () => {
  await using it = await openWithKey();
  const { bench } = it;
  await bench.call('CreateAccessKey', { UserName: 'ada' });
  await assert.rejects(
    bench.call('CreateAccessKey', { UserName: 'ada' }),
    refusal('LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2'),
  );
  await bench.call('CreateUser', { UserName: 'bob' });
  const { AccessKeyId } = it.key;
  await assert.rejects(
    bench.call('UpdateAccessKey', { UserName: 'bob', AccessKeyId, Status: 'Inactive' }),
    refusal('NoSuchEntity', /cannot be found/),
  );
});

test('what a key was last used for is known to a quarter of an hour, and costs a commit as seldom', async () => {
  await using it = await openWithKey();
  const { bench } = it;
  const { AccessKeyId } = it.key;
  const lastUsed = async () =>
    (await bench.call<{ AccessKeyLastUsed: object }>('GetAccessKeyLastUsed', { AccessKeyId })).AccessKeyLastUsed;
  assert.deepEqual(await lastUsed(), { ServiceName: 'N/A', Region: 'N/A' });
  const use = (service: string) =>
    bench.service.keys.used(account, {
      accessKeyId: AccessKeyId,
      service,
      region: scope.region,
      at: bench.clock.now(),
    });
  const first = new Date(bench.clock.now());
  use('batch');
  bench.clock.advance(15 * 60_000 - 1);
  use('sns');
  await bench.restart();
  assert.deepEqual(await lastUsed(), { LastUsedDate: first, ServiceName: 'batch', Region: 'us-east-1' });
  bench.clock.advance(1);
  use('sns');
  assert.deepEqual(Object.values(await lastUsed()).slice(1), ['sns', 'us-east-1']);
  await bench.call('DeleteAccessKey', { UserName: 'ada', AccessKeyId });
  use('sns');
  await bench.store.settled();
  assert.ok((await bench.store.load()).records.every(({ type }) => type === 'iamUser'));
});

test('secrets of keys are sealed anew with the other values, and a damaged one tells nobody why', async () => {
  await using it = await openWithKey();
  const { bench, key } = it;
  const keyId = bench.vault.currentKey ?? assert.fail('no key');
  await bench.vault.addKey();
  const slice = { scope: iamScope(account), keyId, limit: 10 };
  assert.equal(accessKeysAtRest.sealAnew(bench.ledger, bench.vault, slice).sealed, 1);
  assert.equal(accessKeysAtRest.count(bench.ledger, keyId), 0);
  const lookup = found(bench, key.AccessKeyId);
  assert.equal(lookup.kind === 'found' && lookup.secretAccessKey, key.SecretAccessKey);
  const record = bench.ledger.get(accessKeyRecords, iamScope(account), key.AccessKeyId) ?? assert.fail('no record');
  bench.ledger.transact((transaction) => {
    transaction.put(accessKeyRecords, { ...record, sealed: bench.vault.seal(Buffer.from('x'), 'elsewhere') });
  });
  const words = 'The secret of this access key cannot be decrypted.';
  assert.throws(() => found(bench, key.AccessKeyId), refusal('InternalFailure', words));
});
