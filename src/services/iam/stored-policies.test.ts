import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { awsManagedPolicies, readPolicy } from '../../iam/index.ts';
import { changeIam, type IamTransaction } from './change-iam.ts';
import { Changes } from './changes.ts';
import { account, allowing, IamBench, trusting } from './iam.fixture.ts';
import {
  attachmentRecords,
  groupRecords,
  iamScope,
  inlinePolicyRecords,
  membershipRecords,
  policyRecords,
  policyVersionRecords,
  type RoleRecord,
  roleRecords,
  type UserRecord,
  userRecords,
} from './records.ts';
import { StoredPolicies } from './stored-policies.ts';

const place = iamScope(account);
const common = { ...place, path: '/', tags: {}, createdAt: 0 as EpochMilliseconds };
const ada: UserRecord = { ...common, name: 'ada', id: 'AIDAAAAAAAAAAAAAAAAAA', tags: { team: 'x' } };
const crew = { ...place, path: '/', createdAt: 0, name: 'crew', id: 'AGPAAAAAAAAAAAAAAAAAA' };
const worker: RoleRecord = {
  ...common,
  name: 'worker',
  path: '/jobs/',
  id: 'AROAAAAAAAAAAAAAAAAAA',
  trust: trusting,
  maxSessionDuration: 3600,
};
const limits = {
  ...common,
  name: 'limits',
  id: 'ANPAAAAAAAAAAAAAAAAAA',
  changedAt: 0,
  defaultVersion: 1,
  lastVersion: 2,
};
const limitsArn = `arn:aws:iam::${account}:policy/limits`;
const batchFull = 'arn:aws:iam::aws:policy/AWSBatchFullAccess';

async function openReads() {
  const bench = await IamBench.open();
  const changes = new Changes();
  const reads = new StoredPolicies(bench.ledger, changes);
  const change = (work: (transaction: IamTransaction) => void) => changeIam(bench.ledger, changes, work);
  const namesOf = () => reads.user(account, 'ada')?.policies.map(({ id }) => id);
  return { reads, change, namesOf, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

const versionOf = (number: number, action: string) => ({
  ...{ ...place, policy: limits.id, number, createdAt: 0 },
  document: allowing(action),
});

test('a user has its own policies, those attached to it, and those of its groups, and a boundary beside them', async () => {
  await using it = await openReads();
  assert.equal(it.reads.user(account, 'ada'), undefined);
  it.change((transaction) => {
    transaction.put(userRecords, { ...ada, boundary: limitsArn });
    transaction.put(groupRecords, crew);
    transaction.put(policyRecords, limits);
    transaction.put(policyVersionRecords, versionOf(1, 'batch:*'));
    transaction.put(inlinePolicyRecords, { ...place, owner: ada.id, name: 'own', document: allowing('sns:*') });
    transaction.put(attachmentRecords, { ...place, owner: ada.id, policyArn: batchFull });
    transaction.put(inlinePolicyRecords, { ...place, owner: crew.id, name: 'ours', document: allowing('logs:*') });
    transaction.put(membershipRecords, { ...place, group: crew.id, user: ada.id });
  });
  const found = it.reads.user(account, 'ada');
  assert.deepEqual(it.namesOf(), ['user_ada_own', batchFull, 'group_crew_ours']);
  assert.deepEqual([found?.boundary?.id, found?.boundary?.kind], [limitsArn, 'boundary']);
  assert.deepEqual([found?.arn, found?.uniqueId], [`arn:aws:iam::${account}:user/ada`, ada.id]);
  assert.deepEqual(found?.tags, new Map([['team', 'x']]));
  assert.equal(it.reads.user(account, 'Ada'), undefined, 'names are spelled as they are');
});

test('a role is found by its name alone, with who may assume it', async () => {
  await using it = await openReads();
  it.change((transaction) => transaction.put(roleRecords, worker));
  const found = it.reads.role(account, 'worker');
  assert.deepEqual([found?.arn, found?.maxSessionDuration], [`arn:aws:iam::${account}:role/jobs/worker`, 3600]);
  assert.deepEqual([found?.trust.kind, found?.policies, found?.boundary], ['trust', [], undefined]);
});

test('what was compiled stays until something that it is made of changes, and then it is as it is now', async () => {
  await using it = await openReads();
  it.change((transaction) => {
    transaction.put(userRecords, ada);
    transaction.put(groupRecords, crew);
    transaction.put(membershipRecords, { ...place, group: crew.id, user: ada.id });
    transaction.put(policyRecords, limits);
    transaction.put(policyVersionRecords, versionOf(1, 'batch:*'));
    transaction.put(policyVersionRecords, versionOf(2, 'sns:*'));
    transaction.put(attachmentRecords, { ...place, owner: crew.id, policyArn: limitsArn });
  });
  const before = it.reads.user(account, 'ada');
  const generation = it.reads.generation(account);
  it.change((transaction) => transaction.put(userRecords, { ...ada, name: 'bob', id: 'AIDABBBBBBBBBBBBBBBBB' }));
  assert.ok(it.reads.generation(account) > generation);
  assert.equal(it.reads.user(account, 'ada'), before, 'another user is nothing to it');
  const speaks = (action: string) =>
    it.reads.user(account, 'ada')?.policies.flatMap((policy) => policy.speakingOf(action)).length;
  assert.deepEqual([speaks('batch:submitjob'), speaks('sns:publish')], [1, 0]);
  it.change((transaction) => transaction.put(policyRecords, { ...limits, defaultVersion: 2 }));
  assert.deepEqual(
    [speaks('batch:submitjob'), speaks('sns:publish')],
    [0, 1],
    'the default version of what its group has',
  );
  it.change((transaction) =>
    transaction.put(inlinePolicyRecords, { ...place, owner: crew.id, name: 'more', document: allowing('ecs:*') }),
  );
  assert.equal(speaks('ecs:listtasks'), 1);
  it.change((transaction) => transaction.delete(membershipRecords, { ...place, group: crew.id, user: ada.id }));
  assert.deepEqual(it.namesOf(), []);
});

test('a change that is not taken changes nothing that was compiled', async () => {
  await using it = await openReads();
  it.change((transaction) => transaction.put(userRecords, ada));
  const [before, generation] = [it.reads.user(account, 'ada'), it.reads.generation(account)];
  assert.throws(() =>
    it.change((transaction) => {
      transaction.put(userRecords, { ...ada, tags: {} });
      throw new Error('refused');
    }),
  );
  assert.equal(it.reads.user(account, 'ada'), before);
  assert.equal(it.reads.generation(account), generation);
});

test('more changes than are remembered leave nothing stale', () => {
  const changes = new Changes();
  const since = changes.generation;
  changes.changed(new Set(['mine']));
  const things = Array.from({ length: 10_001 }, (_, index) => `thing ${index}`);
  changes.changed(new Set(things));
  assert.equal(changes.isSame(['mine'], since), false);
  assert.equal(changes.isSame(['mine'], changes.generation), true);
});

test('every policy that AWS manages is one, whatever it is used as, and is found by its ARN', async () => {
  await using it = await openReads();
  const all = [...awsManagedPolicies().values()];
  assert.ok(all.length >= 43, `${all.length}`);
  for (const { arn, defaultVersion, versions } of all) {
    assert.equal(it.reads.managedPolicy(account, arn)?.id, arn);
    for (const [version, text] of Object.entries(versions)) {
      assert.equal(readPolicy(text, 'boundary').kind, 'policy', `${arn} ${version}`);
    }
    assert.ok(Object.hasOwn(versions, defaultVersion));
  }
  assert.equal(it.reads.managedPolicy(account, 'arn:aws:iam::aws:policy/NoSuchThing'), undefined);
  assert.equal(it.reads.managedPolicy(account, limitsArn), undefined);
});
