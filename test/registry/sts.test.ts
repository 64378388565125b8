import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Arn, EpochMilliseconds, Region } from '../../src/core/ids.ts';
import type { RequestContext } from '../../src/core/operation.ts';
import type { Principal } from '../../src/core/principal.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { FakePolicies, policyOf, statement, trusting } from '../../src/iam/authority/authority.fixture.ts';
import { Authority, rolePrincipal, rootPrincipal, Sessions } from '../../src/iam/index.ts';
import { createSts } from '../../src/services/sts/index.ts';

const account = '123456789012' as AccountId;
const now = Date.UTC(2026, 0, 2);
const all = policyOf(statement('Allow', '*'));

interface Given {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: Date;
}

interface Answered {
  readonly Credentials: Given;
  readonly PackedPolicySize?: number;
  readonly SourceIdentity?: string;
  readonly AssumedRoleUser?: { readonly Arn: string; readonly AssumedRoleId: string };
  readonly FederatedUser?: { readonly Arn: string; readonly FederatedUserId: string };
  readonly Account?: string;
}

function rig() {
  const stored = new FakePolicies();
  const sessions = new Sessions('secret', new SystemRandom());
  const authority = new Authority({ reads: stored, unstoredRoles: 'nothing' });
  const sts = createSts({ sessions, authority, isKey: (_account, id) => id === 'AKIAROOTROOTROOTROOT' });
  const registry = new OperationRegistry([sts], undefined, authority);
  const contextOf = (principal: Principal): RequestContext => ({
    ...{ account, region: 'us-east-1' as Region, principal, requestId: 'r', now, signal: new AbortController().signal },
    source: { kind: 'network', address: '::1' },
  });
  const call = (principal: Principal, operation: string, input: object) =>
    registry.invoke<Answered>('sts', operation, input, contextOf(principal));
  /** Who holds credentials. */
  const holder = ({ Credentials: { AccessKeyId, SessionToken } }: Answered, at: EpochMilliseconds = now): Principal => {
    const found = sessions.lookup(AccessKeyId, SessionToken, at);
    return found.kind === 'found' ? found.principal : assert.fail(found.kind);
  };
  const may = (principal: Principal, action: string) =>
    authority.decide(contextOf(principal), [{ action, resource: '*' }]).kind === 'allow';
  return { stored, authority, call, holder, may, assume: assumer(call) };
}

function assumer(call: (principal: Principal, operation: string, input: object) => Promise<Answered>) {
  return (principal: Principal, role: string, input: object = {}) =>
    call(principal, 'AssumeRole', { RoleArn: `arn:aws:iam::${account}:role/${role}`, RoleSessionName: 'me', ...input });
}

function refused(call: Promise<unknown>, code: string, message: RegExp | string = /./) {
  return assert.rejects(call, (error: { code?: string; message: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, typeof message === 'string' ? new RegExp(`^${message}$`) : message);
    return true;
  });
}

const root = rootPrincipal(account);

test('AssumeRole gives a session of a role whose trust policy names the caller', async () => {
  const { stored, assume, holder, may } = rig();
  const user = stored.putUser('ada');
  stored.putRole('worker', { trust: trusting({ AWS: user.arn }), policies: [all] });
  const answer = await assume(user, 'worker');
  assert.deepEqual(answer.AssumedRoleUser, {
    Arn: `arn:aws:sts::${account}:assumed-role/worker/me`,
    AssumedRoleId: 'AROAWORKER:me',
  });
  assert.equal(answer.Credentials.Expiration.getTime(), now + 3_600_000);
  const session = holder(answer);
  assert.deepEqual(
    [session.kind, session.userId, session.session],
    ['role-session', 'AROAWORKER:me', { issuedAt: now }],
  );
  assert.ok(may(session, 'batch:SubmitJob'));
  const words = `User: ${user.arn} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${account}:role/`;
  await refused(assume(user, 'nobody'), 'AccessDenied', `${words}nobody`);
  await refused(assume(stored.putUser('bob', { policies: [all] }), 'worker'), 'AccessDenied');
});

test('root assumes a role that trusts its account, and no other', async () => {
  const { stored, assume } = rig();
  stored.putRole('worker', { trust: trusting({ AWS: account }) });
  stored.putRole('service', { trust: trusting({ Service: 'batch.amazonaws.com' }) });
  await assume(root, 'worker');
  await refused(assume(root, 'service'), 'AccessDenied');
  await refused(assume(root, 'nobody'), 'AccessDenied');
  await refused(assume(root, 'a b'), 'ValidationError');
});

test('a trust policy may ask for an external id, and for tags that come', async () => {
  const { stored, assume } = rig();
  const user = stored.putUser('ada');
  const condition = { StringEquals: { 'sts:ExternalId': 'x1', 'aws:RequestTag/team': 'a' } };
  const actions = ['sts:AssumeRole', 'sts:TagSession'];
  stored.putRole('worker', { trust: trusting({ AWS: user.arn }, actions, condition) });
  const Tags = [{ Key: 'team', Value: 'a' }];
  await assume(user, 'worker', { ExternalId: 'x1', Tags });
  await refused(assume(user, 'worker', { ExternalId: 'x2', Tags }), 'AccessDenied');
  await refused(assume(user, 'worker', { ExternalId: 'x1', Tags: [{ Key: 'team', Value: 'b' }] }), 'AccessDenied');
});

test('tags and a source identity need leave of their own', async () => {
  const { stored, assume } = rig();
  const user = stored.putUser('ada');
  stored.putRole('worker', { trust: trusting({ AWS: user.arn }) });
  await refused(assume(user, 'worker', { Tags: [{ Key: 'a', Value: 'b' }] }), 'AccessDenied', /sts:TagSession on/);
  await refused(assume(user, 'worker', { SourceIdentity: 'eve' }), 'AccessDenied', /sts:SetSourceIdentity on/);
});

test('what a session policy leaves out a session may not, whatever the role may', async () => {
  const { stored, assume, holder, may } = rig();
  const user = stored.putUser('ada');
  stored.putRole('worker', { trust: trusting({ AWS: user.arn }), policies: [all] });
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statement('Allow', 'sns:*') });
  const inline = await assume(user, 'worker', { Policy });
  assert.ok((inline.PackedPolicySize ?? 0) > 0);
  assert.deepEqual([may(holder(inline), 'sns:Publish'), may(holder(inline), 'batch:SubmitJob')], [true, false]);
  const arn = `arn:aws:iam::${account}:policy/batch`;
  stored.putManaged(arn, policyOf(statement('Allow', 'batch:*')));
  const both = holder(await assume(user, 'worker', { Policy, PolicyArns: [{ arn }] }));
  assert.deepEqual(
    ['sns:Publish', 'batch:SubmitJob', 'ssm:GetParameter'].map((each) => may(both, each)),
    [true, true, false],
  );
  await refused(assume(user, 'worker', { PolicyArns: [{ arn: `${arn}2` }] }), 'MalformedPolicyDocument');
  await refused(assume(user, 'worker', { Policy: '{' }), 'MalformedPolicyDocument');
  await refused(assume(user, 'worker', { Policy: ' '.repeat(2049) }), 'ValidationError');
});

test('a session ends at the hour of a chain, and at what its role allows', async () => {
  const { stored, assume, holder } = rig();
  const user = stored.putUser('ada');
  const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  const trust = trusting({ AWS: account }, actions);
  stored.putUser('ada', { policies: [all] });
  stored.putRole('worker', { trust, policies: [all], maxSessionDuration: 7200 });
  await assume(user, 'worker', { DurationSeconds: 7200 });
  const long = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
  await refused(assume(user, 'worker', { DurationSeconds: 7201 }), 'ValidationError', long);
  const first = holder(await assume(user, 'worker'));
  await assume(first, 'worker', { DurationSeconds: 3600 });
  await refused(assume(first, 'worker', { DurationSeconds: 3601 }), 'ValidationError', /role chaining$/);
});

test('transitive tags and the source identity go through a chain, and are not changed in it', async () => {
  const { stored, assume, holder } = rig();
  const user = stored.putUser('ada', { policies: [all] });
  const trust = trusting({ AWS: account }, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']);
  stored.putRole('worker', { trust, policies: [all] });
  const Tags = [
    { Key: 'team', Value: 'a' },
    { Key: 'own', Value: 'b' },
  ];
  const given = { Tags, TransitiveTagKeys: ['team'], SourceIdentity: 'eve' };
  const first = holder(await assume(user, 'worker', given));
  assert.deepEqual(first.session?.tags, { team: 'a', own: 'b' });
  const second = holder(await assume(first, 'worker', { Tags: [{ Key: 'more', Value: 'c' }] }));
  assert.deepEqual(second.session?.tags, { team: 'a', more: 'c' });
  assert.deepEqual([second.session?.transitiveTagKeys, second.session?.sourceIdentity], [['team'], 'eve']);
  await refused(
    assume(second, 'worker', { Tags: [{ Key: 'Team', Value: 'x' }] }),
    'InvalidParameterValue',
    /conflicts/,
  );
  await refused(assume(second, 'worker', { SourceIdentity: 'mallory' }), 'AccessDenied', /source identity/);
  await refused(assume(user, 'worker', { Tags, TransitiveTagKeys: ['other'] }), 'InvalidParameterValue');
  const twice = [...Tags, { Key: 'TEAM', Value: 'b' }];
  await refused(assume(user, 'worker', { Tags: twice }), 'InvalidParameterValue', /Duplicate tag keys found/);
});

test('more than a token holds is refused', async () => {
  const { stored, assume } = rig();
  stored.putRole('worker', { trust: trusting({ AWS: account }, ['sts:AssumeRole', 'sts:TagSession']) });
  const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: 'x'.repeat(256) }));
  await refused(assume(root, 'worker', { Tags }), 'PackedPolicyTooLarge', /^Packed policy consumes \d+% of allotted/);
});

test('GetFederationToken gives what both the user and the session policy allow', async () => {
  const { stored, call, holder, may } = rig();
  const user = stored.putUser('ada', { policies: [policyOf(statement('Allow', ['batch:*', 'sts:*']))] });
  const Policy = JSON.stringify({ Statement: statement('Allow', '*') });
  const answer = await call(user, 'GetFederationToken', { Name: 'bob', Policy });
  const arn = `arn:aws:sts::${account}:federated-user/bob` as Arn;
  assert.deepEqual(answer.FederatedUser, { Arn: arn, FederatedUserId: `${account}:bob` });
  const bob = holder(answer);
  assert.deepEqual([may(bob, 'batch:SubmitJob'), may(bob, 'sns:Publish')], [true, false]);
  const without = holder(await call(user, 'GetFederationToken', { Name: 'bob' }));
  assert.equal(may(without, 'batch:SubmitJob'), false);
  await refused(
    call(stored.putUser('eve'), 'GetFederationToken', { Name: 'bob' }),
    'AccessDenied',
    /federated-user\/bob/,
  );
  const temporary = { ...user, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' };
  await refused(call(temporary, 'GetFederationToken', { Name: 'bob' }), 'AccessDenied', /with session credentials$/);
});

test('GetSessionToken gives a user a session that remembers when it was given', async () => {
  const { stored, call, holder } = rig();
  const user = stored.putUser('ada');
  const answer = await call(user, 'GetSessionToken', { DurationSeconds: 129_600 });
  assert.equal(answer.Credentials.Expiration.getTime(), now + 129_600_000);
  assert.deepEqual(holder(answer).session, { issuedAt: now });
  const roleArn = `arn:aws:iam::${account}:role/worker` as Arn;
  const role = rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'assumed' } });
  await refused(call(role, 'GetSessionToken', {}), 'AccessDenied');
});

test('GetAccessKeyInfo tells whose a key is', async () => {
  const { call } = rig();
  assert.equal((await call(root, 'GetAccessKeyInfo', { AccessKeyId: 'AKIAROOTROOTROOTROOT' })).Account, account);
  await refused(call(root, 'GetAccessKeyInfo', { AccessKeyId: 'AKIANOBODYNOBODYNOBO' }), 'ValidationError');
});

test('no message can be decoded, and whoever may not ask is told that', async () => {
  const { stored, call } = rig();
  const input = { EncodedMessage: 'abc' };
  await refused(call(root, 'DecodeAuthorizationMessage', input), 'InvalidAuthorizationMessageException');
  const user = stored.putUser('ada');
  await refused(call(user, 'DecodeAuthorizationMessage', input), 'AccessDenied', /sts:DecodeAuthorizationMessage/);
});
