import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';

const PolicyDocument = '{"Statement":{"Effect":"Allow","Action":"batch:*","Resource":"*"}}';

/** Who signs, or why it is nobody. */
function callerOf(sts: STSClient): Promise<string | undefined> {
  return sts.send(new GetCallerIdentityCommand({})).then(
    ({ Arn }) => Arn,
    ({ name }: Error) => name,
  );
}

test('users, policies and keys that were acknowledged survive kills, and a key that was made inactive stays so', async (t) => {
  const server = await ServerProcess.start(t, ['--log-level', 'warn']);
  const { iam, close } = clientsOf(server, { maxAttempts: 1 });
  t.after(close);
  const made: { UserName: string; UserId: string | undefined; sts: STSClient; isActive: boolean }[] = [];
  /** Makes users until the server is gone; the one that it is gone in may be there or not. */
  const makeUsers = async (round: number) => {
    for (let index = 0; ; index += 1) {
      const UserName = `user-${round}-${index}`;
      const { User } = await iam.send(new CreateUserCommand({ UserName }));
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
      const own = clientsOf({ url: server.url, credentials: { accessKeyId, secretAccessKey } });
      t.after(own.close);
      const isActive = index % 2 === 0;
      if (!isActive) {
        await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: accessKeyId, Status: 'Inactive' }));
      }
      made.push({ UserName, UserId: User?.UserId, sts: own.sts, isActive });
      if (made.length >= 4 * (round + 1)) kill();
    }
  };
  let kill = () => {};
  for (let round = 0; round < times(2); round += 1) {
    let killed: Promise<unknown> | undefined;
    kill = () => {
      killed ??= server.kill();
    };
    await assert.rejects(makeUsers(round));
    await killed;
    await server.restart();
    for (const { UserName, UserId, sts, isActive } of made) {
      assert.equal((await iam.send(new GetUserCommand({ UserName }))).User?.UserId, UserId);
      const policy = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName: 'own' }));
      assert.equal(decodeURIComponent(policy.PolicyDocument ?? ''), PolicyDocument);
      const expected = isActive ? `arn:aws:iam::123456789012:user/${UserName}` : 'InvalidClientTokenId';
      assert.equal(await callerOf(sts), expected);
    }
    const { Users = [] } = await iam.send(new ListUsersCommand({ MaxItems: 1000 }));
    assert.ok(Users.length >= made.length);
  }
});
