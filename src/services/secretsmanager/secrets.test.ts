import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessOf, rejectionOf, rootContext } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { secretRecords, secretVersionRecords } from './records.ts';
import { type Answer, refusal, SecretsBench, scope, secretOf } from './secrets.fixture.ts';

const day = 86_400_000;

const stagesOf = async (bench: SecretsBench, SecretId = 'app/db') =>
  (await bench.call<{ VersionIdsToStages?: Record<string, string[]> }>('DescribeSecret', { SecretId }))
    .VersionIdsToStages ?? {};

test('the ARN of a secret ends with six characters that are drawn anew for each', async () => {
  await using bench = await SecretsBench.open();
  const arns = await Promise.all(['a', 'b', 'c'].map(async (name) => (await secretOf(bench, name)).ARN));
  for (const [index, arn] of arns.entries()) {
    assert.match(
      arn,
      new RegExp(`^arn:aws:secretsmanager:us-east-1:123456789012:secret:${'abc'[index]}-[A-Za-z0-9]{6}$`),
    );
  }
  assert.equal(new Set(arns.map((arn) => arn.slice(-6))).size, 3);
});

test('a secret is found by name, by its ARN, and by its ARN less the random characters; by no other', async () => {
  await using bench = await SecretsBench.open();
  const { ARN } = await secretOf(bench, 'team/name-abcdef');
  for (const SecretId of ['team/name-abcdef', ARN, ARN.slice(0, -7)]) {
    assert.equal((await bench.call<Answer>('GetSecretValue', { SecretId })).ARN, ARN, SecretId);
  }
  const others = [
    `${ARN.slice(0, -6)}zzzzzz`,
    ARN.replace('us-east-1', 'eu-west-1'),
    ARN.replace('123456789012', '210987654321'),
    ARN.slice(0, -7).replace('us-east-1', 'eu-west-1'),
    ARN.slice(0, -7).replace('123456789012', '210987654321'),
    ARN.slice(0, -14),
    'arn:aws:sns:us-east-1:123456789012:topic',
    'Team/name-abcdef',
  ];
  const missing = refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  for (const SecretId of others) await assert.rejects(bench.call('GetSecretValue', { SecretId }), missing, SecretId);
});

test('text and bytes are answered as they were given, and in no other form', async () => {
  await using bench = await SecretsBench.open();
  await secretOf(bench, 'text', 'grüße\n"');
  const text = await bench.call<Answer>('GetSecretValue', { SecretId: 'text' });
  assert.deepEqual([text.SecretString, text.SecretBinary], ['grüße\n"', undefined]);
  await bench.call('CreateSecret', { Name: 'bytes', SecretBinary: 'AP8B' });
  const bytes = await bench.call<Answer>('GetSecretValue', { SecretId: 'bytes' });
  assert.deepEqual([bytes.SecretString, Buffer.from(bytes.SecretBinary ?? [])], [undefined, Buffer.of(0, 255, 1)]);
});

test('the same token again answers the same version; with another value, or for another secret, it is refused', async () => {
  await using bench = await SecretsBench.open();
  const ClientRequestToken = bench.newToken();
  const create = (SecretString: string) =>
    bench.call<Answer>('CreateSecret', { Name: 'app/db', SecretString, ClientRequestToken });
  const first = await create('v1');
  assert.deepEqual(await create('v1'), first);
  assert.equal(first.VersionId, ClientRequestToken);
  await assert.rejects(
    create('v2'),
    refusal(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${ClientRequestToken} because that value is already in use for a version of secret ${first.ARN}.`,
    ),
  );
  await assert.rejects(
    secretOf(bench, 'app/db', 'v1'),
    refusal('ResourceExistsException', 'The operation failed because the secret app/db already exists.'),
  );
  const put = { SecretId: 'app/db', SecretString: 'v2', ClientRequestToken: bench.newToken() };
  const second = await bench.call<Answer>('PutSecretValue', put);
  assert.deepEqual(await bench.call('PutSecretValue', put), second);
  assert.equal(bench.ledger.count(secretVersionRecords, scope), 2);
  await assert.rejects(
    bench.call('UpdateSecret', { ...put, SecretString: 'v3' }),
    refusal('ResourceExistsException', /already in use/),
  );
});

test('a call without a token is refused from outside, and a task of Step Functions has the one of its try', async () => {
  await using bench = await SecretsBench.open();
  const input = { Name: 'app/db', SecretString: 'v1', ClientRequestToken: undefined };
  await assert.rejects(
    bench.call('CreateSecret', input),
    refusal('InvalidRequestException', /^You must provide a ClientRequestToken value/),
  );
  const task = { idempotencyKey: 'states:one' };
  const first = await bench.call<Answer>('CreateSecret', input, task);
  assert.deepEqual(await bench.call('CreateSecret', input, task), first);
});

test('a new version becomes the current one, and the one before it the previous one', async () => {
  await using bench = await SecretsBench.open();
  const { VersionId: one } = await secretOf(bench);
  const put = (SecretString: string, VersionStages?: string[]) =>
    bench.call<Answer>('PutSecretValue', { SecretId: 'app/db', SecretString, ...(VersionStages && { VersionStages }) });
  const { VersionId: two, VersionStages } = await put('v2');
  assert.deepEqual(VersionStages, ['AWSCURRENT']);
  assert.deepEqual(await stagesOf(bench), { [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT'] });
  const { VersionId: three } = await put('v3', ['AWSPENDING']);
  assert.deepEqual((await stagesOf(bench))[two], ['AWSCURRENT']);
  const { VersionId: four } = await put('v4');
  assert.deepEqual(await stagesOf(bench), {
    [two]: ['AWSPREVIOUS'],
    [three]: ['AWSPENDING'],
    [four]: ['AWSCURRENT'],
  });
  const textOf = async (more: object) =>
    (await bench.call<Answer>('GetSecretValue', { SecretId: 'app/db', ...more })).SecretString;
  assert.deepEqual(
    [
      await textOf({}),
      await textOf({ VersionStage: 'AWSPREVIOUS' }),
      await textOf({ VersionStage: 'AWSPENDING' }),
      await textOf({ VersionId: one }),
      await textOf({ VersionId: two, VersionStage: 'AWSPREVIOUS' }),
    ],
    ['v4', 'v2', 'v3', 'v1', 'v2'],
  );
});

test('the first version of a secret is the current one, whatever labels it is put with', async () => {
  await using bench = await SecretsBench.open();
  await bench.call('CreateSecret', { Name: 'app/db' });
  await assert.rejects(
    bench.call('GetSecretValue', { SecretId: 'app/db' }),
    refusal(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ),
  );
  const input = { SecretId: 'app/db', SecretString: 'v', VersionStages: ['AWSPENDING'] };
  const { VersionId } = await bench.call<Answer>('PutSecretValue', input);
  assert.deepEqual(await stagesOf(bench), { [VersionId]: ['AWSCURRENT', 'AWSPENDING'] });
});

test('labels move and come off, and each refusal says what is where', async () => {
  await using bench = await SecretsBench.open();
  const SecretId = 'app/db';
  const { VersionId: one } = await secretOf(bench);
  const { VersionId: two } = await bench.call<Answer>('PutSecretValue', { SecretId, SecretString: 'v2' });
  const update = (more: object) => bench.call('UpdateSecretVersionStage', { SecretId, ...more });
  await assert.rejects(
    update({ VersionStage: 'AWSCURRENT', MoveToVersionId: one }),
    refusal(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${two}, so you must explicitly reference that version in RemoveFromVersionId.`,
    ),
  );
  await assert.rejects(
    update({ VersionStage: 'AWSCURRENT', MoveToVersionId: one, RemoveFromVersionId: one }),
    refusal('InvalidParameterException', /is attached to version .*, not to/),
  );
  await assert.rejects(
    update({ VersionStage: 'AWSCURRENT', RemoveFromVersionId: two }),
    refusal('InvalidParameterException', /^You can only move staging label AWSCURRENT/),
  );
  await assert.rejects(update({ VersionStage: 'blue' }), refusal('InvalidParameterException', /^You must specify/));
  const unknown = 'x'.repeat(32);
  await assert.rejects(
    update({ VersionStage: 'blue', MoveToVersionId: unknown }),
    refusal('ResourceNotFoundException', /for VersionId: x+$/),
  );
  await update({ VersionStage: 'AWSCURRENT', MoveToVersionId: one, RemoveFromVersionId: two });
  assert.deepEqual(await stagesOf(bench), { [one]: ['AWSCURRENT'], [two]: ['AWSPREVIOUS'] });
  await update({ VersionStage: 'blue', MoveToVersionId: two });
  await update({ VersionStage: 'AWSPREVIOUS', RemoveFromVersionId: two });
  assert.deepEqual(await stagesOf(bench), { [one]: ['AWSCURRENT'], [two]: ['blue'] });
  await assert.rejects(
    bench.call('GetSecretValue', { SecretId, VersionId: one, VersionStage: 'blue' }),
    refusal('InvalidRequestException', /VersionStage that is not associated/),
  );
});

test('a secret has twenty labels at most', async () => {
  await using bench = await SecretsBench.open();
  const { VersionId } = await secretOf(bench);
  const label = (at: number) =>
    bench.call('UpdateSecretVersionStage', {
      SecretId: 'app/db',
      VersionStage: `l${at}`,
      MoveToVersionId: VersionId,
    });
  for (let at = 1; at < 20; at += 1) await label(at);
  await assert.rejects(label(20), refusal('LimitExceededException', /21 staging labels, of 20 at most/));
});

test('versions without a label make room for new ones after a day; without any the hundred and first is refused', async () => {
  await using bench = await SecretsBench.open();
  await secretOf(bench);
  const put = (at: number) => bench.call('PutSecretValue', { SecretId: 'app/db', SecretString: `v${at}` });
  for (let at = 2; at <= 100; at += 1) {
    bench.clock.advance(1);
    await put(at);
  }
  await assert.rejects(put(101), refusal('LimitExceededException', /101 versions, of 100 at most/));
  await bench.advance(day);
  await put(101);
  assert.equal(bench.ledger.count(secretVersionRecords, scope), 100);
  const { Versions } = await bench.call<{ Versions: object[] }>('ListSecretVersionIds', {
    SecretId: 'app/db',
    IncludeDeprecated: true,
  });
  assert.equal(Versions.length, 100);
});

const badValues: readonly (readonly [object, string, RegExp])[] = [
  [{ SecretString: 'a', SecretBinary: 'YQ==' }, 'InvalidParameterException', /^You can't specify both a binary/],
  [{ SecretString: '' }, 'ValidationException', /'secretString' .* greater than or equal to 1$/],
  [{ SecretString: 'x'.repeat(65_537) }, 'ValidationException', /'secretString' .* less than or equal to 65536$/],
  [{ SecretString: 'ü'.repeat(32_769) }, 'ValidationException', /'secretString' .* less than or equal to 65536$/],
  [{ SecretString: 'xx\udc00xx' }, 'ValidationException', /'secretString' .* well-formed Unicode$/],
  [{ SecretBinary: Buffer.alloc(65_537) }, 'ValidationException', /'secretBinary' .* less than or equal to 65536$/],
];

test('values of a wrong size or form are refused, in words without them', async () => {
  await using bench = await SecretsBench.open();
  for (const [value, code, message] of badValues) {
    await assert.rejects(bench.call('CreateSecret', { Name: 'app/db', ...value }), (error: Error) => {
      assert.ok(!/xx|üü/.test(error.message));
      return refusal(code, message)(error);
    });
  }
  await secretOf(bench, 'app/db', 'x'.repeat(65_536));
  await assert.rejects(
    bench.call('PutSecretValue', { SecretId: 'app/db' }),
    refusal('InvalidRequestException', 'You must provide either SecretString or SecretBinary.'),
  );
});

test('names of secrets are letters, digits and a few signs', async () => {
  await using bench = await SecretsBench.open();
  await secretOf(bench, 'a/b_c+d=e.f@g-h!');
  for (const Name of ['a b', 'a:b', 'ä', 'a*', 'a\n']) {
    await assert.rejects(secretOf(bench, Name), refusal('ValidationException', /^Invalid name\. Must be a valid name/));
  }
});

test('no record has a value, and one whose record was swapped for that of another secret does not open', async () => {
  await using bench = await SecretsBench.open();
  const a = await secretOf(bench, 'a', 'correct horse');
  const b = await secretOf(bench, 'b', 'battery staple');
  for (const { text } of (await bench.store.load()).records) assert.ok(!/correct horse|battery staple/.test(text));
  const versions = bench.ledger.list(secretVersionRecords, scope);
  const sealed = versions.find(({ secretArn }) => secretArn === a.ARN)?.sealed ?? '';
  const other = versions.find(({ secretArn }) => secretArn === b.ARN) ?? assert.fail();
  bench.ledger.transact((transaction) => transaction.put(secretVersionRecords, { ...other, sealed }));
  const swapped = await rejectionOf(bench.call('GetSecretValue', { SecretId: 'b' }));
  refusal('DecryptionFailure', /can't decrypt the protected secret text/)(swapped as Error);
});

test('many values are got at once, and what cannot be is an entry of its own', async () => {
  await using bench = await SecretsBench.open();
  for (const name of ['a', 'b', 'gone']) await secretOf(bench, name, `value of ${name}`);
  await bench.call('DeleteSecret', { SecretId: 'gone' });
  interface Batch {
    readonly SecretValues: Answer[];
    readonly Errors: { SecretId: string; ErrorCode: string }[];
    readonly NextToken?: string;
  }
  const named = await bench.call<Batch>('BatchGetSecretValue', { SecretIdList: ['a', 'none', 'gone', 'b'] });
  assert.deepEqual(
    named.SecretValues.map(({ SecretString }) => SecretString),
    ['value of a', 'value of b'],
  );
  assert.deepEqual(
    named.Errors.map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode]),
    [
      ['none', 'ResourceNotFoundException'],
      ['gone', 'InvalidRequestException'],
    ],
  );
  const Filters = [{ Key: 'name', Values: ['a', 'b', 'gone'] }];
  const page = await bench.call<Batch>('BatchGetSecretValue', { Filters, MaxResults: 1 });
  const rest = await bench.call<Batch>('BatchGetSecretValue', { Filters, MaxResults: 5, NextToken: page.NextToken });
  assert.deepEqual(
    [...page.SecretValues, ...rest.SecretValues].map(({ Name }) => Name),
    ['a', 'b'],
  );
  await assert.rejects(
    bench.call('BatchGetSecretValue', {}),
    refusal('InvalidParameterException', /^Either SecretIdList or Filters/),
  );
});

test('who may read some of many secrets is refused the others one by one', async () => {
  await using bench = await SecretsBench.open();
  const { ARN } = await secretOf(bench, 'a');
  await secretOf(bench, 'b');
  const operation = bench.service.operations.BatchGetSecretValue as Operation<unknown, { Errors: object[] }>;
  const asked = await accessOf(operation as Operation, { SecretIdList: ['a', 'b'] }, bench.context());
  assert.deepEqual(
    asked.map(({ action, resource, entry }) => [action, resource.slice(-8) === ARN.slice(-8), entry]),
    [
      ['secretsmanager:BatchGetSecretValue', false, undefined],
      ['secretsmanager:GetSecretValue', true, 'a'],
      ['secretsmanager:GetSecretValue', false, 'b'],
    ],
  );
  const refused = new Map([['b', 'not b']]);
  const answer = await operation.handler({ SecretIdList: ['a', 'b'] }, bench.context(), refused);
  assert.deepEqual(answer.Errors, [{ SecretId: 'b', ErrorCode: 'AccessDeniedException', Message: 'not b' }]);
});

test('access is asked for the whole ARN, with its tags, however the secret is named', async () => {
  await using bench = await SecretsBench.open();
  const Tags = [{ Key: 'team', Value: 'blue' }];
  const { ARN } = await bench.call<Answer>('CreateSecret', { Name: 'a', SecretString: 'v', Tags });
  const operation = bench.service.operations.GetSecretValue as Operation;
  for (const SecretId of ['a', ARN, ARN.slice(0, -7)]) {
    assert.deepEqual(await accessOf(operation, { SecretId }, bench.context()), [
      {
        action: 'secretsmanager:GetSecretValue',
        resource: ARN,
        shownAs: SecretId,
        conditions: {
          'secretsmanager:SecretId': ARN,
          'aws:ResourceTag/team': 'blue',
          'secretsmanager:ResourceTag/team': 'blue',
          'secretsmanager:VersionStage': 'AWSCURRENT',
        },
      },
    ]);
  }
});

test('lists are filtered and ordered, and their pages go on while secrets come and go', async () => {
  await using bench = await SecretsBench.open();
  for (const [at, name] of ['b', 'c', 'a', 'd'].entries()) {
    const Tags = [{ Key: at % 2 === 0 ? 'even' : 'odd', Value: `${at}` }];
    await bench.call('CreateSecret', { Name: `app/${name}`, Description: `The ${name} One`, Tags });
    bench.clock.advance(1_000);
  }
  const list = async (more: object) => bench.call<{ SecretList: Answer[]; NextToken?: string }>('ListSecrets', more);
  const names = async (more: object) => (await list(more)).SecretList.map(({ Name }) => Name.slice(4)).join('');
  assert.equal(await names({}), 'bcad');
  assert.equal(await names({ SortOrder: 'desc' }), 'dacb');
  assert.equal(await names({ SortBy: 'name' }), 'abcd');
  assert.equal(await names({ SortBy: 'name', SortOrder: 'desc' }), 'dcba');
  const filter = (Key: string, ...Values: string[]) => ({ Filters: [{ Key, Values }], SortBy: 'name' });
  assert.equal(await names(filter('name', 'app/a', 'app/b')), 'ab');
  assert.equal(await names(filter('name', 'App/')), '');
  assert.equal(await names(filter('name', '!app/a')), 'bcd');
  assert.equal(await names(filter('description', 'the C')), 'c');
  assert.equal(await names(filter('tag-key', 'ev')), 'ab');
  assert.equal(await names(filter('tag-value', '3')), 'd');
  assert.equal(await names(filter('all', 'ONE d')), 'd');
  assert.equal(await names(filter('primary-region', 'us')), '');
  const first = await list({ MaxResults: 2 });
  await bench.call('DeleteSecret', { SecretId: 'app/c' });
  assert.equal(await names({ MaxResults: 2, NextToken: first.NextToken }), 'ad');
  assert.equal(await names({ SortBy: 'name' }), 'abd');
  assert.equal(await names({ SortBy: 'name', IncludePlannedDeletion: true }), 'abcd');
  for (const NextToken of ['nonsense', first.NextToken]) {
    const asked = NextToken === 'nonsense' ? {} : { SortBy: 'name' };
    await assert.rejects(list({ NextToken, ...asked }), refusal('InvalidNextTokenException', /NextToken/));
  }
});

test('a page looks at a thousand secrets at most, and goes on where it ended', async () => {
  await using bench = await SecretsBench.open();
  const { ARN } = await secretOf(bench, 'app');
  const { ledger } = bench;
  const secret = ledger.get(secretRecords, scope, 'app') ?? assert.fail();
  const names = Array.from({ length: 1_500 }, (_, at) => `app/${String(at).padStart(4, '0')}`);
  let looked = 0;
  ledger.transact((transaction) => {
    for (const name of names) {
      const tags = {
        get last() {
          looked += 1;
          return String(name === 'app/1499');
        },
      };
      transaction.put(secretRecords, { ...secret, name, arn: `${ARN}/${name}`, tags });
    }
  });
  looked = 0;
  const call = (NextToken?: string) =>
    bench.call<{ SecretList: Answer[]; NextToken?: string }>('ListSecrets', {
      Filters: [{ Key: 'tag-value', Values: ['true'] }],
      NextToken,
    });
  const first = await call();
  assert.deepEqual([first.SecretList.length, looked], [0, 999]);
  const second = await call(first.NextToken);
  assert.deepEqual(
    second.SecretList.map(({ Name }) => Name),
    ['app/1499'],
  );
  assert.equal(second.NextToken, undefined);
});

test('a label may have the name of what every object has', async () => {
  await using bench = await SecretsBench.open();
  const { ARN: SecretId, VersionId } = await secretOf(bench);
  for (const VersionStage of ['constructor', '__proto__']) {
    const update = (more: object) => bench.call('UpdateSecretVersionStage', { SecretId, VersionStage, ...more });
    await assert.rejects(
      update({ RemoveFromVersionId: VersionId }),
      refusal('InvalidParameterException', /is attached to no version/),
    );
    await update({ MoveToVersionId: VersionId });
    assert.equal((await bench.call<Answer>('GetSecretValue', { SecretId, VersionStage })).VersionId, VersionId);
    await update({ RemoveFromVersionId: VersionId });
    await assert.rejects(
      bench.call('GetSecretValue', { SecretId, VersionStage }),
      refusal('ResourceNotFoundException', /staging label/),
    );
  }
});

test('a policy is kept as it was given, if it is one, and blocked if it lets anybody in', async () => {
  await using bench = await SecretsBench.open();
  await secretOf(bench);
  const SecretId = 'app/db';
  const policy = (Principal: unknown) =>
    JSON.stringify({ Statement: { Effect: 'Allow', Principal, Action: 'secretsmanager:*', Resource: '*' } });
  const put = (ResourcePolicy: string, BlockPublicPolicy = true) =>
    bench.call('PutResourcePolicy', { SecretId, ResourcePolicy, BlockPublicPolicy });
  const kept = policy({ AWS: 'arn:aws:iam::123456789012:root' });
  await put(kept);
  assert.equal((await bench.call('GetResourcePolicy', { SecretId })).ResourcePolicy, kept);
  for (const open of [policy('*'), policy({ AWS: ['*'] })]) {
    await assert.rejects(put(open), refusal('PublicPolicyException', /did not prevent broad access/));
  }
  for (const bad of ['no json', '{"Statement":{"Effect":"Maybe"}}', '[]']) {
    await assert.rejects(put(bad), refusal('MalformedPolicyDocumentException', /^This resource policy/));
  }
  await put(policy('*'), false);
  const checked = await bench.call<{ ValidationErrors: { CheckName: string }[] }>('ValidateResourcePolicy', {
    ResourcePolicy: policy('*'),
  });
  assert.deepEqual([checked.ValidationErrors.map(({ CheckName }) => CheckName)], [['public-access']]);
  await bench.call('DeleteResourcePolicy', { SecretId });
  assert.equal((await bench.call('GetResourcePolicy', { SecretId })).ResourcePolicy, undefined);
});

test('the policy of a secret is asked beside those of the caller', async () => {
  await using bench = await SecretsBench.open();
  await secretOf(bench);
  const Statement = { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });
  const asked = async () => {
    const operation = bench.service.operations.GetSecretValue;
    assert.ok(operation.kind === 'operation');
    const requests = await accessOf(operation, { SecretId: 'app/db' }, rootContext(scope, 0));
    return requests.map(({ resourcePolicy }) => resourcePolicy);
  };
  assert.ok((await asked()).every((each) => each === undefined));
  await bench.call('PutResourcePolicy', { SecretId: 'app/db', ResourcePolicy });
  assert.ok((await asked()).every((each) => each === ResourcePolicy));
  const lax = JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:*' } });
  await assert.rejects(
    bench.call('PutResourcePolicy', { SecretId: 'app/db', ResourcePolicy: lax }),
    refusal('MalformedPolicyDocumentException', /^This resource policy is not valid: /),
  );
});
