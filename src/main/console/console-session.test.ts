import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Arn, Region } from '../../core/ids.ts';
import type { RequestContext, ServiceDefinition } from '../../core/operation.ts';
import type { CallSource, Principal } from '../../core/principal.ts';
import { SystemRandom } from '../../core/random.ts';
import { MemorySink } from '../../gateway/audit.fixture.ts';
import { OperationRegistry } from '../../gateway/index.ts';
import { FakePolicies, policyOf, statement } from '../../iam/authority/authority.fixture.ts';
import { Authority, anonymousPrincipal, rolePrincipal, rootPrincipal, Sessions } from '../../iam/index.ts';
import { withOperations } from '../own-operations.ts';
import { linkTime } from './console-links.ts';
import { type CreateConsoleSessionOutput, consoleOperations } from './console-session.ts';

const account = '123456789012' as AccountId;
const root = rootPrincipal(account);
const here: CallSource = { kind: 'network', address: '127.0.0.1' };
const elsewhere: CallSource = { kind: 'network', address: '192.0.2.7' };

const empty: ServiceDefinition = {
  name: 'batchyard',
  apiVersion: '2025-01-01',
  protocol: { kind: 'restJson1', bindings: {} },
  errors: { validation: 'ClientException', internal: 'ServerException' },
  operations: {},
};

function rig() {
  const sink = new MemorySink();
  const stored = new FakePolicies();
  const authority = new Authority({ reads: stored, unstoredRoles: 'nothing' });
  const random = new SystemRandom();
  const service = withOperations(empty, consoleOperations(new Sessions('secret', random), random, authority));
  const registry = new OperationRegistry([service], sink.options, authority);
  const contextOf = (principal: Principal, source: CallSource, now: number): RequestContext => ({
    ...{ account, region: 'us-east-1' as Region, principal, requestId: 'r', now },
    ...{ signal: new AbortController().signal, source },
  });
  return {
    stored,
    sink,
    link: async (principal: Principal, now = 0) => {
      const context = contextOf(principal, here, now);
      return (await registry.invoke<{ token: string }>('batchyard', 'CreateConsoleLink', {}, context)).token;
    },
    redeem: (token: unknown, source = here, now = 1) =>
      registry.invoke<CreateConsoleSessionOutput>(
        'batchyard',
        'RedeemConsoleLink',
        { token },
        contextOf(anonymousPrincipal(account), source, now),
      ),
  };
}

const invalid = { code: 'AccessDeniedException', message: /^This link is not valid/ };

test('a link gives who opens it, unsigned, a session of who made it: once', async () => {
  const { link, redeem, sink } = rig();
  const token = await link(root);
  const { arn, credentials } = await redeem(token);
  assert.equal(arn, root.arn);
  assert.match(credentials.accessKeyId, /^ASIA/);
  await assert.rejects(redeem(token), invalid);
  const kept = JSON.stringify(sink.records);
  for (const secret of [token, credentials.secretAccessKey, credentials.sessionToken]) {
    assert.equal(kept.includes(secret), false, 'nothing that signs in is on record');
  }
  assert.deepEqual(
    sink.records.map(({ operation, principal, errorCode }) => [operation, principal.kind, errorCode]),
    [
      ['CreateConsoleLink', 'root', undefined],
      ['RedeemConsoleLink', 'root', undefined],
      ['RedeemConsoleLink', 'anonymous', 'AccessDeniedException'],
    ],
  );
});

test('a link opens on this machine only, and a try from elsewhere does not spend it', async () => {
  const { link, redeem } = rig();
  const token = await link(root);
  const service: CallSource = { kind: 'service', service: 'states.amazonaws.com' };
  for (const source of [
    elsewhere,
    { ...elsewhere, address: '' },
    { ...elsewhere, address: '::ffff:192.0.2.7' },
    service,
  ])
    await assert.rejects(redeem(token, source), invalid);
  assert.equal((await redeem(token, { ...here, address: '::ffff:127.0.0.1' })).arn, root.arn);
});

test('a link does not open after its minute, nor does anything else', async () => {
  const { link, redeem } = rig();
  const token = await link(root);
  for (const other of [undefined, null, {}, '', 'A'.repeat(43), `${token}=`])
    await assert.rejects(redeem(other), invalid);
  await assert.rejects(redeem(token, here, linkTime), invalid);
});

test('who has temporary credentials makes no link', async () => {
  const { link } = rig();
  const roleArn = `arn:aws:iam::${account}:role/r` as Arn;
  const role = rolePrincipal({ account, roleArn, sessionName: 's', use: { kind: 'assumed' } });
  const session: Principal = { ...root, accessKeyId: 'ASIAX' };
  await assert.rejects(link(role), { code: 'AccessDeniedException' });
  await assert.rejects(link(session), { code: 'AccessDeniedException', message: /temporary credentials/ });
});

test('what its maker may at the moment of opening counts', async () => {
  const { link, redeem, stored } = rig();
  const allow = (...actions: string[]) =>
    stored.putUser('anna', { policies: [policyOf([statement('Allow', actions)])] });
  const anna = allow('batchyard:CreateConsoleLink', 'batchyard:CreateConsoleSession');
  assert.equal((await redeem(await link(anna))).arn, anna.arn);
  const token = await link(anna);
  allow('batchyard:CreateConsoleLink');
  await assert.rejects(redeem(token), { code: 'AccessDeniedException', message: /batchyard:CreateConsoleSession/ });
});
