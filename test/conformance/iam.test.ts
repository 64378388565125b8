import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsCli, batchyard, runCommand } from './command.ts';
import { openYard } from './yard.ts';

const { server } = await openYard();
const port = new URL(server.url).port;
const exports = await runCommand(batchyard, ['env', '--data', server.dataDirectory, '--port', port]);

function aws(...words: readonly string[]) {
  const env = { EXPORTS: exports.stdout, AWS_PAGER: '' };
  return runCommand('/bin/sh', ['-c', 'eval "$EXPORTS" && exec "$0" "$@"', awsCli.file, 'iam', ...words], { env });
}

async function answerOf(...words: readonly string[]) {
  const { exit, stdout, stderr } = await aws(...words);
  assert.equal(exit, 0, stderr);
  return JSON.parse(stdout);
}

/** As the manual of the aws CLI shows it. */
const policy =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":' +
  '{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';
const time = (value: string) => `ContextKeyName='aws:CurrentTime',ContextKeyValues='${value}',ContextKeyType=date`;
const simulate = ['simulate-custom-policy', '--policy-input-list', policy, '--action-names'];

test(
  'the aws CLI simulates a policy, and shows the place of the statement that its manual shows',
  awsCli.needed,
  async () => {
    const { EvaluationResults } = await answerOf(
      ...simulate,
      'dynamodb:CreateBackup',
      '--context-entries',
      time('2019-04-25T11:00:00Z'),
    );
    const [{ MatchedStatements, ...rest }] = EvaluationResults;
    const expected = {
      EvalActionName: 'dynamodb:CreateBackup',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MissingContextValues: [],
    };
    assert.deepEqual(rest, expected);
    const [{ SourcePolicyId, StartPosition, EndPosition }] = MatchedStatements;
    assert.deepEqual(
      [SourcePolicyId, StartPosition, EndPosition],
      ['PolicyInputList.1', { Line: 1, Column: 38 }, { Line: 1, Column: 167 }],
    );
  },
);

test(
  'the aws CLI turns the pages of a simulation, and reads what differs by resource and account',
  awsCli.needed,
  async () => {
    const resources = [
      '--resource-arns',
      'arn:aws:sns:us-east-1:123456789012:a',
      'arn:aws:sns:us-east-1:999999999999:b',
    ];
    const statement = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"';
    const caller = [
      '--caller-arn',
      'arn:aws:iam::123456789012:user/ada',
      '--resource-policy',
      `${statement},"Principal":{"AWS":"999999999999"}}}`,
    ];
    const input = [
      'simulate-custom-policy',
      '--policy-input-list',
      `${statement}}}`,
      '--action-names',
      'sns:Publish',
      'sns:Subscribe',
    ];
    const { EvaluationResults } = await answerOf(...input, ...resources, ...caller, '--page-size', '1');
    assert.deepEqual(
      EvaluationResults.map(({ EvalActionName, EvalDecision }: Record<string, string>) => [
        EvalActionName,
        EvalDecision,
      ]),
      [
        ['sns:Publish', 'implicitDeny'],
        ['sns:Subscribe', 'implicitDeny'],
      ],
    );
    const [{ EvalDecisionDetails, ResourceSpecificResults }] = EvaluationResults;
    assert.deepEqual(EvalDecisionDetails, { 'IAM Policy': 'allowed', 'Resource Policy': 'implicitDeny' });
    assert.deepEqual(
      ResourceSpecificResults.map(({ EvalResourceDecision }: Record<string, string>) => EvalResourceDecision),
      ['allowed', 'implicitDeny'],
    );
  },
);

test('the aws CLI lists the keys of policies, and shows a refusal with its code', awsCli.needed, async () => {
  const { ContextKeyNames } = await answerOf('get-context-keys-for-custom-policy', '--policy-input-list', policy);
  assert.deepEqual(ContextKeyNames, ['aws:CurrentTime']);
  const refused = await aws(...simulate, 'dynamodb:*');
  assert.match(
    refused.stderr,
    /\(InvalidInput\) when calling the SimulateCustomPolicy operation: ActionNames must be like/,
  );
  const unbuilt = await aws('list-mfa-devices');
  assert.match(
    unbuilt.stderr,
    /when calling the ListMFADevices operation.*not supported by this version of Batchyard/s,
  );
});

test('the aws CLI makes a user with a policy and a key, which signs until it is inactive', awsCli.needed, async () => {
  const { User } = await answerOf('create-user', '--user-name', 'cli', '--tags', 'Key=team,Value=x');
  assert.deepEqual((await answerOf('get-user', '--user-name', 'cli')).User, User);
  const document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"batch:*","Resource":"*"}}';
  const named = ['--user-name', 'cli', '--policy-name', 'own'];
  assert.equal((await aws('put-user-policy', ...named, '--policy-document', document)).exit, 0);
  assert.deepEqual((await answerOf('get-user-policy', ...named)).PolicyDocument, JSON.parse(document));
  const { AccessKey } = await answerOf('create-access-key', '--user-name', 'cli');
  const whoami = () =>
    runCommand(awsCli.file, ['sts', 'get-caller-identity'], {
      env: {
        ...{ AWS_ENDPOINT_URL: server.url, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' },
        ...{ AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey },
      },
    });
  const { stdout, stderr } = await whoami();
  assert.equal(stderr, '');
  const { UserId, Arn } = JSON.parse(stdout);
  assert.deepEqual([UserId, Arn], [User.UserId, 'arn:aws:iam::123456789012:user/cli']);
  const { AccessKeyLastUsed } = await answerOf('get-access-key-last-used', '--access-key-id', AccessKey.AccessKeyId);
  assert.deepEqual([AccessKeyLastUsed.ServiceName, AccessKeyLastUsed.Region], ['sts', 'us-east-1']);
  const key = ['--user-name', 'cli', '--access-key-id', AccessKey.AccessKeyId];
  assert.equal((await aws('update-access-key', ...key, '--status', 'Inactive')).exit, 0);
  assert.match((await whoami()).stderr, /\(InvalidClientTokenId\)/);
  const conflict = await aws('delete-user', '--user-name', 'cli');
  assert.match(conflict.stderr, /\(DeleteConflict\).*must delete access keys first/);
});
