import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../core/logger.ts';
import { DueWork } from '../../store/index.ts';
import { Deletions } from './deletions.ts';
import { secretRecords } from './records.ts';
import { type Answer, refusal, SecretsBench, scope, secretOf } from './secrets.fixture.ts';

const day = 86_400_000;

test('a deleted secret is there for its recovery window, told of, and refused; then it is gone with its versions', async () => {
  await using bench = await SecretsBench.open();
  const { ARN } = await secretOf(bench);
  const { DeletionDate } = await bench.call<{ DeletionDate: Date }>('DeleteSecret', {
    SecretId: 'app/db',
    RecoveryWindowInDays: 7,
  });
  assert.equal(DeletionDate.getTime(), bench.clock.now() + 7 * day);
  const described = await bench.call<{ DeletedDate: Date }>('DescribeSecret', { SecretId: ARN });
  assert.deepEqual(described.DeletedDate, DeletionDate);
  const marked = refusal(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
  const refused: [Parameters<SecretsBench['call']>[0], object][] = [
    ['GetSecretValue', {}],
    ['PutSecretValue', { SecretString: 'v2' }],
    ['UpdateSecret', { Description: 'd' }],
    ['TagResource', { Tags: [] }],
    ['UntagResource', { TagKeys: [] }],
    ['PutResourcePolicy', { ResourcePolicy: '{}' }],
    ['UpdateSecretVersionStage', { VersionStage: 'x' }],
    ['DeleteSecret', {}],
  ];
  for (const [name, more] of refused) await assert.rejects(bench.call(name, { SecretId: ARN, ...more }), marked, name);
  await assert.rejects(
    secretOf(bench),
    refusal(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    ),
  );
  await bench.advance(7 * day - 1);
  await bench.restart();
  assert.ok(bench.ledger.get(secretRecords, scope, 'app/db'));
  await bench.advance(1);
  assert.deepEqual(await bench.store.load().then(({ records }) => records), []);
  assert.notEqual((await secretOf(bench)).ARN, ARN);
});

test('a secret that was restored stays, and one that was deleted again goes at the later time', async () => {
  await using bench = await SecretsBench.open();
  const { ARN } = await secretOf(bench);
  await bench.call('DeleteSecret', { SecretId: ARN, RecoveryWindowInDays: 7 });
  await bench.call('RestoreSecret', { SecretId: ARN });
  await bench.advance(8 * day);
  assert.equal((await bench.call<Answer>('GetSecretValue', { SecretId: ARN })).SecretString, 'v1');
  await bench.call('DeleteSecret', { SecretId: ARN, RecoveryWindowInDays: 7 });
  await bench.call('RestoreSecret', { SecretId: ARN });
  await bench.call('DeleteSecret', { SecretId: ARN });
  await bench.advance(29 * day);
  assert.ok(bench.ledger.get(secretRecords, scope, 'app/db'));
  await bench.advance(day);
  assert.equal(bench.ledger.get(secretRecords, scope, 'app/db'), undefined);
});

test('a deletion that was begun before its secret was restored, or marked for later, takes nothing away', async () => {
  await using bench = await SecretsBench.open();
  const { ledger, clock } = bench;
  const { ARN: arn } = await secretOf(bench);
  const deletions = new Deletions(ledger, new DueWork({ ledger, clock, logger: silentLogger }));
  const begin = (days: number) => deletions.perform({ dueAt: clock.now() + days * day, body: { ...scope, arn } });
  const end = ({ consequence }: Awaited<ReturnType<typeof begin>>) => {
    ledger.transact(consequence);
    return ledger.get(secretRecords, scope, 'app/db') !== undefined;
  };
  const mark = (days: number) => bench.call('DeleteSecret', { SecretId: arn, RecoveryWindowInDays: days });
  await mark(7);
  const begun = await begin(7);
  await bench.call('RestoreSecret', { SecretId: arn });
  assert.equal(end(begun), true);
  await mark(8);
  assert.equal(end(begun), true);
  assert.equal(end(await begin(8)), false);
  assert.equal(end(await begin(8)), false);
});

test('without recovery a secret is gone at once, marked or not, and it is no error that there is none', async () => {
  await using bench = await SecretsBench.open();
  const { ARN } = await secretOf(bench);
  await bench.call('DeleteSecret', { SecretId: ARN });
  const force = { SecretId: ARN, ForceDeleteWithoutRecovery: true };
  await bench.call('DeleteSecret', force);
  assert.deepEqual((await bench.store.load()).records, []);
  assert.deepEqual(await bench.store.reads.due({ of: 'secretsmanager.deletion', limit: 10 }), []);
  assert.equal((await bench.call<Answer>('DeleteSecret', force)).Name, ARN);
  const invalid = (message: string) => refusal('InvalidParameterException', message);
  await assert.rejects(
    bench.call('DeleteSecret', { ...force, RecoveryWindowInDays: 7 }),
    invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."),
  );
  for (const RecoveryWindowInDays of [6, 31]) {
    await assert.rejects(
      bench.call('DeleteSecret', { SecretId: 'x', RecoveryWindowInDays }),
      invalid('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).'),
    );
  }
});
