import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Arn } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { SystemRandom } from '../../core/random.ts';
import { FakePolicies } from '../authority/authority.fixture.ts';
import { Authority } from '../authority/index.ts';
import { rolePrincipal } from '../principals.ts';
import { InstallationCredentials } from './installation-credentials.ts';
import { Sessions } from './sessions.ts';

const account = '123456789012' as AccountId;

test('a session ends when whom it is of is deleted, though another one of the same name is made', () => {
  const stored = new FakePolicies();
  const authority = new Authority({ reads: stored, unstoredRoles: 'nothing' });
  const sessions = new Sessions('secret', new SystemRandom());
  const credentials = new InstallationCredentials(
    account,
    { accessKeyId: 'AKIA', secretAccessKey: 's' },
    {
      ...{ sessions, tasks: { isHeld: () => true }, users: { lookup: () => ({ kind: 'unknown' }), used: () => {} } },
      isThere: (principal) => authority.isThere(principal),
    },
  );
  const roleArn = 'arn:aws:iam::123456789012:role/worker' as Arn;
  const ofRole = (kind: 'assumed' | 'job') =>
    rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind }, roleId: 'AROAWORKER' });
  const user = stored.putUser('ada');
  const voucher = { kind: 'user', userName: 'ada', userId: user.userId } as const;
  const bob: Principal = { ...user, kind: 'federated-user', voucher };
  const issued = [ofRole('assumed'), user, bob, ofRole('job')].map((each) => sessions.issue(each, 1));
  const kinds = () => issued.map((each) => credentials.lookup(each.accessKeyId, each.sessionToken, 0).kind);
  stored.putRole('worker');
  assert.deepEqual(kinds(), ['found', 'found', 'found', 'found']);
  stored.putRole('worker', { uniqueId: 'AROAANOTHER' });
  stored.putUser('ada', { uniqueId: 'AIDAANOTHER' });
  assert.deepEqual(kinds(), ['unknown', 'unknown', 'unknown', 'found'], 'a session of a job ends with its task alone');
});
