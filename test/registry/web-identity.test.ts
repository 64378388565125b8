import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { userIdentityOf } from '../../src/audit/user-identity.ts';
import { ManualClock } from '../../src/core/clock.ts';
import type { AccountId, Arn, Region } from '../../src/core/ids.ts';
import type { RequestContext } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { MemorySink } from '../../src/gateway/audit.fixture.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { FakePolicies, policyOf, statement, trusting } from '../../src/iam/authority/authority.fixture.ts';
import { Authority, anonymousPrincipal, Sessions } from '../../src/iam/index.ts';
import { createSts, type TokenIssuer, WebIdentities } from '../../src/services/sts/index.ts';
import { ecKey, issuer, keySetOf, rsaKey, tokenOf } from '../support/tokens.ts';

const account = '123456789012' as AccountId;
const name = 'tokens.example/team';
const provider = `arn:aws:iam::${account}:oidc-provider/${name}` as Arn;
const directory = mkdtempSync(join(tmpdir(), 'keys-'));
after(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'keys.json');
const rsa = rsaKey('one');
const ec = ecKey('two');
writeFileSync(file, keySetOf(rsa, ec));

interface Answered {
  readonly Credentials: { readonly AccessKeyId: string; readonly SessionToken: string; readonly Expiration: Date };
  readonly AssumedRoleUser: { readonly Arn: string };
  readonly SubjectFromWebIdentityToken: string;
  readonly Provider: string;
  readonly Audience: string;
  readonly SourceIdentity?: string;
}

function rig(of: Partial<TokenIssuer> = {}) {
  const clock = new ManualClock();
  const now = clock.now();
  const stored = new FakePolicies();
  const sessions = new Sessions('secret', new SystemRandom());
  const authority = new Authority({ reads: stored, unstoredRoles: 'nothing' });
  const webIdentities = new WebIdentities({
    issuers: new Map([[issuer, { keys: file, ...of }]]),
    providerOf: (_account, url) =>
      url === issuer || url === 'https://other.example'
        ? { arn: provider, name, clientIds: ['sts.amazonaws.com', 'mine'] }
        : undefined,
    clock,
  });
  const sink = new MemorySink();
  const registry = new OperationRegistry([createSts({ sessions, authority, webIdentities })], sink.options, authority);
  const context: RequestContext = {
    ...{ account, region: 'us-east-1' as Region, principal: anonymousPrincipal(account), requestId: 'r', now },
    ...{ signal: new AbortController().signal, source: { kind: 'network', address: '::1' } },
  };
  const assume = (WebIdentityToken: unknown, input: object = {}) =>
    registry.invoke<Answered>(
      'sts',
      'AssumeRoleWithWebIdentity',
      { RoleArn: `arn:aws:iam::${account}:role/ci`, RoleSessionName: 'me', WebIdentityToken, ...input },
      context,
    );
  stored.putRole('ci', {
    policies: [policyOf(statement('Allow', 'batch:*'))],
    trust: trusting({ Federated: provider }, ['sts:AssumeRoleWithWebIdentity']),
  });
  const holder = ({ Credentials: { AccessKeyId, SessionToken } }: Answered) => {
    const found = sessions.lookup(AccessKeyId, SessionToken, now);
    return found.kind === 'found' ? found.principal : assert.fail(found.kind);
  };
  return { clock, now, stored, authority, assume, holder, sink, context };
}

test('a token of a provider that the role trusts gives a session of the role, with either kind of key', async () => {
  const { assume, now, holder, authority, context } = rig();
  for (const key of [rsa, ec]) {
    const answer = await assume(tokenOf(key, now));
    assert.equal(answer.AssumedRoleUser.Arn, `arn:aws:sts::${account}:assumed-role/ci/me`);
    assert.deepEqual(
      [answer.SubjectFromWebIdentityToken, answer.Provider, answer.Audience],
      ['build:7', provider, 'sts.amazonaws.com'],
    );
    assert.equal(answer.Credentials.Expiration.getTime(), now + 3_600_000);
    const principal = holder(answer);
    assert.equal(principal.session?.federatedProvider, provider);
    const call = { ...context, principal };
    assert.equal(authority.decide(call, [{ action: 'batch:SubmitJob', resource: '*' }]).kind, 'allow');
    assert.equal(authority.decide(call, [{ action: 'sns:Publish', resource: '*' }]).kind, 'deny');
  }
});

test('a token that is not good is refused with the code of AWS', async () => {
  const { assume, now } = rig();
  const iat = Math.floor(now / 1000);
  const stranger = rsaKey('one');
  const [header, , signature] = tokenOf(rsa, now).split('.');
  const payload = tokenOf(rsa, now, { sub: 'another' }).split('.')[1];
  const invalid = 'InvalidIdentityToken';
  const cases: readonly (readonly [token: unknown, code: string, message: RegExp])[] = [
    [undefined, 'ValidationError', /webIdentityToken/],
    ['x'.repeat(20_001), 'ValidationError', /webIdentityToken/],
    ['abcd', invalid, /not a valid JWT/],
    [`${'a.'.repeat(3)}a`, invalid, /not a valid JWT/],
    [tokenOf(stranger, now), invalid, /signature invalid/],
    [`${header}.${payload}.${signature}`, invalid, /signature invalid/],
    [tokenOf(rsa, now, {}, { kid: 'three' }), invalid, /^Couldn't retrieve verification key/],
    [tokenOf(rsa, now, {}, { alg: 'none' }), invalid, /signed with none/],
    [tokenOf(rsa, now, {}, { alg: 'HS256' }), invalid, /signed with HS256/],
    [tokenOf(rsa, now, {}, { alg: 'ES256' }), invalid, /signature invalid/],
    [tokenOf(rsa, now, {}, { crit: ['b64'] }), invalid, /claim: crit/],
    [tokenOf(rsa, now, { aud: 'somebody' }), invalid, /^Incorrect token audience$/],
    [tokenOf(rsa, now, { azp: 'somebody' }), invalid, /^Incorrect token audience$/],
    [
      tokenOf(rsa, now, { iss: 'https://unknown.example' }),
      invalid,
      /^No OpenIDConnect provider found in your account for https/,
    ],
    [tokenOf(rsa, now, { iss: 'https://other.example' }), invalid, /iam\.webIdentity/],
    [
      tokenOf(rsa, now, { exp: iat }),
      'ExpiredTokenException',
      new RegExp(`current date/time ${iat} must be before .* ${iat}$`),
    ],
    [tokenOf(rsa, now, { iat: iat + 301 }), invalid, /not valid yet/],
    [tokenOf(rsa, now, { nbf: iat + 301 }), invalid, /not valid yet/],
    [tokenOf(rsa, now, { exp: undefined }), invalid, /claim: exp/],
    [tokenOf(rsa, now, { iat: undefined }), invalid, /claim: iat/],
    [
      tokenOf(rsa, now, { 'https://aws.amazon.com/tags': { principal_tags: { 'aws:x': 'y' } } }),
      invalid,
      /claim: .*tags/,
    ],
  ];
  for (const [token, code, message] of cases) {
    await assert.rejects(assume(token), { code, message }, String(token));
  }
  await assume(tokenOf(rsa, now, { iat: iat + 299, nbf: iat + 299 }));
});

test('a public key is never taken for the secret of another algorithm', async () => {
  const { assume, now } = rig();
  const signed = tokenOf(rsa, now, {}, { alg: 'HS256' }).split('.').slice(0, 2).join('.');
  const secret = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const forged = createHmac('sha256', secret).update(signed).digest('base64url');
  await assert.rejects(assume(`${signed}.${forged}`), { code: 'InvalidIdentityToken' });
});

test('the trust policy decides by provider, subject and audience', async () => {
  const { stored, assume, now } = rig();
  const trustingOnly = (Condition: object, Federated: string = provider) =>
    stored.putRole('ci', { trust: trusting({ Federated }, ['sts:AssumeRoleWithWebIdentity'], Condition) });
  const token = tokenOf(rsa, now);
  const denied = {
    code: 'AccessDenied',
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    status: 403,
  };
  trustingOnly({ StringLike: { [`${name}:sub`]: 'build:*' }, StringEquals: { [`${name}:aud`]: 'sts.amazonaws.com' } });
  await assume(token);
  for (const [key, value] of [
    ['sub', 'deploy:*'],
    ['aud', 'mine'],
  ] as const) {
    trustingOnly({ StringLike: { [`${name}:${key}`]: value } });
    await assert.rejects(assume(token), denied);
  }
  trustingOnly({}, `${provider}/other`);
  await assert.rejects(assume(token), denied);
  await assert.rejects(assume(token, { RoleArn: `arn:aws:iam::${account}:role/nobody` }), denied);
});

test('what a token says of tags and a source identity the session has, if the trust policy allows it', async () => {
  const { stored, assume, now, holder } = rig();
  const token = tokenOf(rsa, now, {
    'https://aws.amazon.com/tags': { principal_tags: { team: ['film'] }, transitive_tag_keys: ['team'] },
    'https://aws.amazon.com/source_identity': 'ada',
  });
  await assert.rejects(assume(token), { message: 'Not authorized to perform sts:TagSession' });
  const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];
  stored.putRole('ci', { trust: trusting({ Federated: provider }, actions) });
  const answer = await assume(token);
  assert.equal(answer.SourceIdentity, 'ada');
  const { session } = holder(answer);
  assert.deepEqual(
    [session?.tags, session?.transitiveTagKeys, session?.sourceIdentity],
    [{ team: 'film' }, ['team'], 'ada'],
  );
});

test('a session for a token holds as long as the role allows, and may do what its policy leaves', async () => {
  const { stored, assume, now, holder, authority, context } = rig();
  const trust = trusting({ Federated: provider }, ['sts:AssumeRoleWithWebIdentity']);
  stored.putRole('ci', { policies: [policyOf(statement('Allow', 'batch:*'))], trust, maxSessionDuration: 7_200 });
  const token = tokenOf(rsa, now);
  await assert.rejects(assume(token, { DurationSeconds: 7_201 }), { code: 'ValidationError' });
  const Policy = JSON.stringify({ Statement: statement('Allow', 'batch:Describe*') });
  const answer = await assume(token, { DurationSeconds: 7_200, Policy });
  assert.equal(answer.Credentials.Expiration.getTime(), now + 7_200_000);
  const call = { ...context, principal: holder(answer) };
  assert.equal(authority.decide(call, [{ action: 'batch:DescribeJobs', resource: '*' }]).kind, 'allow');
  assert.equal(authority.decide(call, [{ action: 'batch:SubmitJob', resource: '*' }]).kind, 'deny');
});

test('audiences of the configuration limit those of the provider', async () => {
  const { assume, now } = rig({ audiences: ['mine'] });
  await assert.rejects(assume(tokenOf(rsa, now)), { message: 'Incorrect token audience' });
  assert.equal((await assume(tokenOf(rsa, now, { aud: ['sts.amazonaws.com', 'mine'] }))).Audience, 'mine');
});

test('the audit has who the token named, or nobody, and never the token', async () => {
  const { assume, now, sink } = rig();
  const token = tokenOf(rsa, now);
  await assume(token);
  await assert.rejects(assume(`${token}x`));
  const [made, refused] = sink.records;
  assert.ok(made && refused);
  assert.deepEqual(userIdentityOf(made.principal, made.source), {
    type: 'WebIdentityUser',
    principalId: `${provider}:sts.amazonaws.com:build:7`,
    userName: 'build:7',
    identityProvider: provider,
  });
  assert.equal(refused.principal.kind, 'anonymous');
  assert.equal(refused.errorCode, 'InvalidIdentityToken');
  assert.ok(!JSON.stringify(sink.records).includes(token));
});

test('keys of a URL are read once for many, anew for one that is not known, and count for an hour when nobody answers', async () => {
  let asked = 0;
  let answer: { readonly status: number; readonly body: string } = { status: 200, body: keySetOf(rsa) };
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const keys = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const { assume, clock, now } = rig({ keys });
    const token = tokenOf(rsa, now);
    await Promise.all(Array.from({ length: 8 }, () => assume(token)));
    assert.equal(asked, 1);
    answer = { status: 200, body: keySetOf(rsa, ec) };
    await assert.rejects(assume(tokenOf(ec, now)), /verification key/);
    assert.equal(asked, 1);
    clock.advance(30_000);
    await assume(tokenOf(ec, now));
    assert.equal(asked, 2);
    for (const bad of [
      { status: 500, body: '' },
      { status: 200, body: '{"keys":[]}' },
      { status: 200, body: ' '.repeat(1_048_577) },
    ]) {
      answer = bad;
      clock.advance(6 * 60_000);
      await assume(token);
    }
    assert.equal(asked, 5);
    clock.advance(60 * 60_000);
    const unreachable = { code: 'IDPCommunicationError', status: 400 };
    await Promise.all([assert.rejects(assume(token), unreachable), assert.rejects(assume(token), unreachable)]);
    await assert.rejects(assume(token), unreachable);
    assert.equal(asked, 6);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
