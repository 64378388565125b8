import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../core/errors.ts';
import { accessOf } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { parameterVersionRecords } from './records.ts';
import { SsmBench, scope } from './ssm.fixture.ts';

interface Shown {
  readonly Name: string;
  readonly Value: string;
  readonly Version: number;
  readonly Selector?: string;
  readonly ARN: string;
  readonly Labels: readonly string[];
}

interface Listed {
  readonly Parameters: readonly Shown[];
  readonly InvalidParameters: readonly string[];
  readonly NextToken?: string;
}

const get = async (bench: SsmBench, Name: string, more: object = {}): Promise<Shown> =>
  (await bench.call<{ Parameter: Shown }>('GetParameter', { Name, ...more })).Parameter;

function refusal(code: string, message: string | RegExp) {
  return (error: { readonly code?: string; readonly message: string }) => {
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

const arn = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`;

test('a parameter is found by name and ARN, with or without a version or label', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/app/db', 'one');
  await bench.put('/app/db', 'two', { Overwrite: true });
  await bench.call('LabelParameterVersion', { Name: '/app/db', ParameterVersion: 1, Labels: ['first'] });
  const cases: [string, string, string | undefined][] = [
    ['/app/db', 'two', undefined],
    [' /app/db ', 'two', undefined],
    ['/app/db:1', 'one', ':1'],
    ['/app/db:2', 'two', ':2'],
    ['/app/db:first', 'one', ':first'],
    [arn('app/db'), 'two', undefined],
    [`${arn('app/db')}:1`, 'one', ':1'],
  ];
  for (const [name, value, selector] of cases) {
    const shown = await get(bench, name);
    assert.deepEqual([shown.Name, shown.Value, shown.Selector, shown.ARN], ['/app/db', value, selector, arn('app/db')]);
  }
  const gone = (what: string) =>
    refusal(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${what} of /app/db. Verify the version and try again.`,
    );
  await assert.rejects(get(bench, '/app/db:3'), gone('3'));
  await assert.rejects(get(bench, '/app/db:last'), gone('last'));
  for (const name of [
    '/app/none',
    '/App/db',
    arn('app/db').replace('us-east-1', 'eu-west-1'),
    arn('x').replace('ssm', 'sns'),
  ]) {
    await assert.rejects(get(bench, name), refusal('ParameterNotFound', /not found/), name);
  }
});

test('a name without a slash and the same one with it are two, and the ARN is the first that there is', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/plain', 'with');
  assert.equal((await get(bench, arn('plain'))).Value, 'with');
  await bench.put('plain', 'without');
  assert.deepEqual([(await get(bench, 'plain')).Value, (await get(bench, '/plain')).Value], ['without', 'with']);
  assert.equal((await get(bench, arn('plain'))).Value, 'without');
});

const names: readonly (readonly [name: string, code: string, message: RegExp])[] = [
  ['has space', 'ValidationException', /^Parameter name: can't be prefixed with "ssm"/],
  ['/a//b', 'ValidationException', /^Parameter name/],
  ['/a/b/', 'ValidationException', /^Parameter name/],
  ['/a@b', 'ValidationException', /^Parameter name/],
  ['ssm-x', 'ValidationException', /^Parameter name/],
  ['/SSM/x', 'ValidationException', /^Parameter name/],
  ['aws-x', 'ValidationException', /^Parameter name/],
  ['a/b', 'ValidationException', /must begin with a forward slash/],
  ['/aws/x', 'AccessDeniedException', /^No access to reserved parameter name: \/aws\/x\.$/],
  ['/AWSx/y', 'AccessDeniedException', /^No access to reserved/],
  [`/${'a/'.repeat(15)}b`, 'HierarchyLevelLimitExceededException', /maximum of 15 levels/],
  [`/${'x'.repeat(1_000)}`, 'ValidationException', /^Parameter name/],
];

test('names that cannot be are refused with the words of each rule; fifteen levels are allowed', async () => {
  await using bench = await SsmBench.open();
  for (const [name, code, message] of names) await assert.rejects(bench.put(name, 'v'), refusal(code, message), name);
  await bench.put(`/${'a/'.repeat(14)}b`, 'v');
  await bench.put('plain_.-1', 'v');
});

const versions: readonly (readonly [what: string, input: object, code: string, message: RegExp])[] = [
  ['no type', { Type: undefined }, 'ValidationException', /^A parameter type is required/],
  ['an empty value', { Value: '' }, 'ValidationException', /Value at 'value' failed .* greater than or equal to 1$/],
  ['a nested parameter', { Value: 'a {{ssm:b}}' }, 'ValidationException', /can't nest another parameter/],
  [
    'a large value',
    { Value: 'x'.repeat(4_097) },
    'ValidationException',
    /^Standard tier .* 4096 characters\. To create/,
  ],
  ['bytes count', { Value: 'ü'.repeat(2_049) }, 'ValidationException', /^Standard tier/],
  [
    'a larger one',
    { Value: 'x'.repeat(8_193), Tier: 'Advanced' },
    'ValidationException',
    /^Advanced tier .* 8192 characters\.$/,
  ],
  [
    'one too large for any',
    { Value: 'x'.repeat(8_193), Tier: 'Intelligent-Tiering' },
    'ValidationException',
    /^Advanced/,
  ],
  ['half a character', { Value: 'xxxx\ud800' }, 'ValidationException', /well-formed Unicode$/],
  ['an unknown data type', { DataType: 'Text' }, 'ValidationException', /data type is not supported: Text/],
  ['policies', { Policies: '[{"Type":"Expiration"}]' }, 'ValidationException', /^Policies is not supported/],
  ['a key of a String', { KeyId: 'alias/mine' }, 'ValidationException', /SecureString type parameter only/],
  ['a pattern', { AllowedPattern: '[0-9]+' }, 'ParameterPatternMismatchException', /allowed pattern: \[0-9\]\+$/],
  ['part of a pattern', { Value: '1a', AllowedPattern: '[0-9]' }, 'ParameterPatternMismatchException', /pattern/],
  ['a bad pattern', { AllowedPattern: '(' }, 'InvalidAllowedPatternException', /is not valid/],
  [
    'tags with overwrite',
    { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
    'ValidationException',
    /^Invalid request: tags and/,
  ],
];

test('what a version cannot be is refused, and no refusal repeats the value', async () => {
  await using bench = await SsmBench.open();
  for (const [what, input, code, message] of versions) {
    await assert.rejects(bench.put('/p', 'secret-value', input), (error: Error) => {
      assert.ok(!/secret-value|xxxx|üüü/.test(error.message), what);
      return refusal(code, message)(error as ServiceError);
    });
  }
  await bench.put('/p', '123', { AllowedPattern: '^\\d+$' });
});

test('the tier is the one that is asked for, or as high as the value needs, and never comes down', async () => {
  await using bench = await SsmBench.open();
  assert.deepEqual(await bench.put('/p', 'v', { Tier: 'Intelligent-Tiering' }), { Version: 1, Tier: 'Standard' });
  const large = { Overwrite: true, Tier: 'Intelligent-Tiering' };
  assert.deepEqual(await bench.put('/p', 'x'.repeat(5_000), large), { Version: 2, Tier: 'Advanced' });
  assert.deepEqual(await bench.put('/p', 'v', { Overwrite: true }), { Version: 3, Tier: 'Advanced' });
  await assert.rejects(
    bench.put('/p', 'v', { Overwrite: true, Tier: 'Standard' }),
    refusal('ValidationException', /^This parameter uses the advanced-parameter tier/),
  );
});

test('a parameter is overwritten only when that is asked for, and keeps what is not given anew', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/p', 'one', { Description: 'kept', Tags: [{ Key: 'a', Value: 'b' }] });
  await assert.rejects(
    bench.put('/p', 'two'),
    refusal(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    ),
  );
  await bench.call('PutParameter', { Name: '/p', Value: 'two', Overwrite: true });
  const { Parameters } = await bench.call<{ Parameters: object[] }>('DescribeParameters', {});
  assert.deepEqual(Parameters, [
    {
      Name: '/p',
      ARN: arn('p'),
      Type: 'String',
      LastModifiedDate: new Date(bench.clock.now()),
      LastModifiedUser: 'arn:aws:iam::123456789012:root',
      Description: 'kept',
      Version: 2,
      Tier: 'Standard',
      Policies: [],
      DataType: 'text',
    },
  ]);
  const tags = await bench.call('ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/p' });
  assert.deepEqual(tags, { TagList: [{ Key: 'a', Value: 'b' }] });
});

test('a SecureString is decrypted only when that is asked for, and has a key; no record has any value', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/secure', 'correct horse', { Type: 'SecureString', KeyId: 'alias/mine' });
  await bench.put('/plain', 'battery staple');
  const hidden = await get(bench, '/secure');
  assert.ok(!Buffer.from(hidden.Value, 'base64').includes('correct'));
  assert.match(hidden.Value, /^[A-Za-z0-9+/=]+$/);
  assert.equal((await get(bench, '/secure', { WithDecryption: true })).Value, 'correct horse');
  assert.equal((await get(bench, '/plain')).Value, 'battery staple');
  for (const { text } of (await bench.store.load()).records) assert.ok(!/correct horse|battery staple/.test(text));
  const history = await bench.call<Listed>('GetParameterHistory', { Name: '/secure' });
  assert.equal((history.Parameters[0] as unknown as { KeyId: string }).KeyId, 'alias/mine');
});

test('of a hundred versions the oldest goes, unless it has a label', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/p', 'v1');
  for (let at = 2; at <= 101; at += 1) await bench.put('/p', `v${at}`, { Overwrite: true });
  assert.equal(bench.ledger.count(parameterVersionRecords, scope), 100);
  await assert.rejects(get(bench, '/p:1'), refusal('ParameterVersionNotFound', /version 1 of \/p/));
  await bench.call('LabelParameterVersion', { Name: '/p', ParameterVersion: 2, Labels: ['kept'] });
  await assert.rejects(
    bench.put('/p', 'more', { Overwrite: true }),
    refusal(
      'ParameterMaxVersionLimitExceeded',
      /Version 2, the oldest version, can't be deleted because it has a label/,
    ),
  );
  await bench.call('LabelParameterVersion', { Name: '/p', ParameterVersion: 3, Labels: ['kept'] });
  await bench.put('/p', 'more', { Overwrite: true });
  const first = await bench.call<Listed>('GetParameterHistory', { Name: '/p' });
  const rest = await bench.call<Listed>('GetParameterHistory', { Name: '/p', NextToken: first.NextToken });
  const all = [...first.Parameters, ...rest.Parameters].map(({ Version }) => Version);
  assert.deepEqual(
    all,
    Array.from({ length: 100 }, (_, at) => at + 3),
  );
});

test('a label is at one version, moves, comes off, and is refused by itself where it breaks a rule', async () => {
  await using bench = await SsmBench.open();
  const Name = '/p';
  await bench.put(Name, 'one');
  await bench.put(Name, 'two', { Overwrite: true });
  const label = (ParameterVersion: number | undefined, ...Labels: string[]) =>
    bench.call('LabelParameterVersion', { Name, Labels, ...(ParameterVersion && { ParameterVersion }) });
  assert.deepEqual(await label(1, 'blue', '1st', 'awsome', 'Ssm', 'a b'), {
    InvalidLabels: ['1st', 'awsome', 'Ssm', 'a b'],
    ParameterVersion: 1,
  });
  assert.equal((await get(bench, '/p:blue')).Value, 'one');
  assert.deepEqual(await label(undefined, 'blue', 'new'), { InvalidLabels: [], ParameterVersion: 2 });
  const labels = async () =>
    (await bench.call<Listed>('GetParameterHistory', { Name })).Parameters.map(({ Labels }) => Labels);
  assert.deepEqual(await labels(), [[], ['blue', 'new']]);
  const removed = await bench.call('UnlabelParameterVersion', { Name, ParameterVersion: 2, Labels: ['blue', 'none'] });
  assert.deepEqual(removed, { RemovedLabels: ['blue'], InvalidLabels: ['none'] });
  assert.deepEqual(await labels(), [[], ['new']]);
  await label(1, ...Array.from({ length: 10 }, (_, at) => `l${at}`));
  await assert.rejects(label(1, 'one-more'), refusal('ParameterVersionLabelLimitExceeded', /maximum of ten labels/));
  await assert.rejects(label(3, 'x'), refusal('ParameterVersionNotFound', /version 3/));
});

test('many parameters are got and deleted at once, and those that are not there are named', async () => {
  await using bench = await SsmBench.open();
  for (const name of ['/a', '/b']) await bench.put(name, `v${name}`);
  const got = await bench.call<Listed>('GetParameters', { Names: ['/a', '/none', '/b', '/a:7', arn('a')] });
  assert.deepEqual(
    got.Parameters.map(({ Value }) => Value),
    ['v/a', 'v/b', 'v/a'],
  );
  assert.deepEqual(got.InvalidParameters, ['/none', '/a:7']);
  await assert.rejects(
    bench.call('GetParameters', { Names: ['/a', '/a'] }),
    refusal('ValidationException', /Duplicate/),
  );
  const deleted = await bench.call('DeleteParameters', { Names: ['/a', '/none', '/b:1'] });
  assert.deepEqual(deleted, { DeletedParameters: ['/a'], InvalidParameters: ['/none', '/b:1'] });
  await bench.call('DeleteParameter', { Name: '/b' });
  await assert.rejects(bench.call('DeleteParameter', { Name: '/b' }), refusal('ParameterNotFound', /\/b not found/));
  assert.deepEqual((await bench.store.load()).records, []);
});

async function tree(bench: SsmBench): Promise<void> {
  for (const name of ['root', '/a/1', '/a/2', '/a/b/3', '/a/b/c/4', '/ab/5']) await bench.put(name, name);
  await bench.put('/a/secure', 'v', { Type: 'SecureString' });
}

test('a path lists what is right below it or anywhere below, in pages, and nothing beside it', async () => {
  await using bench = await SsmBench.open();
  await tree(bench);
  const list = (Path: string, more: object = {}) => bench.call<Listed>('GetParametersByPath', { Path, ...more });
  const namesOf = async (Path: string, more: object = {}) => {
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const page: Listed = await list(Path, { ...more, ...(NextToken && { NextToken }) });
      found.push(...page.Parameters.map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  };
  assert.deepEqual(await namesOf('/a', { MaxResults: 1 }), ['/a/1', '/a/2', '/a/secure']);
  assert.deepEqual(await namesOf('/a/', { Recursive: true, MaxResults: 2 }), [
    '/a/1',
    '/a/2',
    '/a/b/3',
    '/a/b/c/4',
    '/a/secure',
  ]);
  assert.deepEqual(await namesOf('/'), ['root']);
  assert.equal((await namesOf('/', { Recursive: true })).length, 7);
  assert.deepEqual(await namesOf('/none'), []);
  const secure = { ParameterFilters: [{ Key: 'Type', Values: ['SecureString'] }], Recursive: true };
  assert.deepEqual(await namesOf('/', secure), ['/a/secure']);
  for (const Path of ['a', '/a b', '//']) {
    await assert.rejects(list(Path), refusal('ValidationException', /must begin with a forward slash/), Path);
  }
  await assert.rejects(list('/a', { NextToken: 'nonsense' }), refusal('InvalidNextToken', /not valid/));
});

test('a path with a filter on labels lists the versions that have them', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/a/1', 'old');
  await bench.put('/a/1', 'new', { Overwrite: true });
  await bench.put('/a/2', 'other');
  await bench.call('LabelParameterVersion', { Name: '/a/1', ParameterVersion: 1, Labels: ['prod'] });
  const ParameterFilters = [{ Key: 'Label', Values: ['prod'] }];
  const { Parameters } = await bench.call<Listed>('GetParametersByPath', { Path: '/a', ParameterFilters });
  assert.deepEqual(
    Parameters.map(({ Name, Value }) => [Name, Value]),
    [['/a/1', 'old']],
  );
});

const filters: readonly (readonly [filter: object, found: string])[] = [
  [{ Key: 'Name', Values: ['/a/1', '/ab/5'] }, '/a/1 /ab/5'],
  [{ Key: 'Name', Option: 'BeginsWith', Values: ['/a/b'] }, '/a/b/3 /a/b/c/4'],
  [{ Key: 'Name', Option: 'Contains', Values: ['oo'] }, 'root'],
  [{ Key: 'Path', Values: ['/a'] }, '/a/1 /a/2 /a/secure'],
  [{ Key: 'Path', Option: 'Recursive', Values: ['/a/b'] }, '/a/b/3 /a/b/c/4'],
  [{ Key: 'Path', Values: ['/'] }, 'root'],
  [{ Key: 'Type', Values: ['SecureString'] }, '/a/secure'],
  [{ Key: 'KeyId', Option: 'BeginsWith', Values: ['alias/'] }, '/a/secure'],
  [{ Key: 'Tier', Values: ['Advanced'] }, ''],
  [{ Key: 'DataType', Option: 'BeginsWith', Values: ['aws'] }, ''],
  [{ Key: 'tag:team', Values: ['blue'] }, '/a/1'],
  [{ Key: 'tag:team' }, '/a/1'],
];

test('descriptions are filtered by each key, and have no values', async () => {
  await using bench = await SsmBench.open();
  await tree(bench);
  const tag = { ResourceType: 'Parameter', ResourceId: '/a/1', Tags: [{ Key: 'team', Value: 'blue' }] };
  await bench.call('AddTagsToResource', tag);
  const namesOf = async (input: object) =>
    (await bench.call<Listed>('DescribeParameters', input)).Parameters.map(({ Name }) => Name).join(' ');
  for (const [filter, found] of filters) {
    assert.equal(await namesOf({ ParameterFilters: [filter] }), found, JSON.stringify(filter));
  }
  assert.equal(await namesOf({ Filters: [{ Key: 'Name', Values: ['/a/'] }] }), '/a/1 /a/2 /a/b/3 /a/b/c/4 /a/secure');
  assert.equal(await namesOf({ Shared: true }), '');
  const refused: [object, string][] = [
    [{ ParameterFilters: [{ Key: 'Label', Values: ['x'] }] }, 'InvalidFilterKey'],
    [{ ParameterFilters: [{ Key: 'Type', Option: 'Contains', Values: ['x'] }] }, 'InvalidFilterOption'],
    [{ ParameterFilters: [{ Key: 'Name' }] }, 'InvalidFilterValue'],
    [
      { Filters: [{ Key: 'Name', Values: ['x'] }], ParameterFilters: [{ Key: 'Name', Values: ['x'] }] },
      'ValidationException',
    ],
  ];
  for (const [input, code] of refused) await assert.rejects(namesOf(input), { code }, code);
  const { Parameters } = await bench.call<Listed>('DescribeParameters', {});
  assert.ok(Parameters.every((each) => !('Value' in each)));
});

test('a page looks at a bounded number of parameters, and goes on behind them', async () => {
  await using bench = await SsmBench.open();
  for (let at = 0; at < 1_200; at += 1) {
    await bench.put(`/p/${String(at).padStart(4, '0')}`, 'v', at === 1_100 ? { Type: 'SecureString' } : {});
  }
  const ParameterFilters = [{ Key: 'Type', Values: ['SecureString'] }];
  const first = await bench.call<Listed>('DescribeParameters', { ParameterFilters });
  assert.deepEqual(first.Parameters, []);
  assert.ok(first.NextToken);
  const { NextToken } = first;
  const second = await bench.call<Listed>('DescribeParameters', { ParameterFilters, NextToken });
  assert.deepEqual(
    second.Parameters.map(({ Name }) => Name),
    ['/p/1100'],
  );
});

test('tags of a parameter are added, listed and removed; there are no other resources', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/p', 'v');
  const on = { ResourceType: 'Parameter', ResourceId: '/p' };
  await bench.call('AddTagsToResource', {
    ...on,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ],
  });
  await bench.call('RemoveTagsFromResource', { ...on, TagKeys: ['a', 'none'] });
  assert.deepEqual(await bench.call('ListTagsForResource', on), { TagList: [{ Key: 'b', Value: '' }] });
  const missing = refusal('InvalidResourceId', /^The resource ID isn't valid/);
  for (const other of [
    { ...on, ResourceId: '/none' },
    { ...on, ResourceType: 'Document' },
  ]) {
    await assert.rejects(bench.call('ListTagsForResource', other), missing);
  }
  const many = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: 'v' }));
  await assert.rejects(
    bench.call('AddTagsToResource', { ...on, Tags: many }),
    refusal('TooManyTagsError', /too many tags/),
  );
});

const gpu = '/aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended';

test('recommended images are told as AWS tells them, one by one, together and by path', async () => {
  await using bench = await SsmBench.open();
  const whole = await get(bench, gpu);
  assert.equal(whole.ARN, `arn:aws:ssm:us-east-1::parameter${gpu}`);
  const facts = JSON.parse(whole.Value);
  assert.deepEqual([facts.schema_version, facts.os], [1, 'Amazon Linux 2']);
  assert.match(facts.image_id, /^ami-[0-9a-f]{17}$/);
  const { Parameters } = await bench.call<Listed>('GetParametersByPath', { Path: gpu });
  assert.deepEqual(Object.fromEntries(Parameters.map(({ Name, Value }) => [Name.slice(gpu.length + 1), Value])), {
    ...facts,
    schema_version: '1',
  });
  const ofEveryObject = ['constructor', 'valueOf', '__proto__'].map((child) => `${gpu}/${child}`);
  const none = await bench.call<Listed>('GetParameters', { Names: ofEveryObject });
  assert.deepEqual(none, { Parameters: [], InvalidParameters: ofEveryObject });
  const names = Parameters.map(({ Name }) => Name);
  const together = await bench.call<Listed>('GetParameters', { Names: [gpu, ...names, `${gpu}/none`, whole.ARN] });
  assert.deepEqual([together.Parameters.length, together.InvalidParameters], [8, [`${gpu}/none`]]);
  const first = await bench.call<Listed>('GetParametersByPath', { Path: '/aws/service/ecs', Recursive: true });
  assert.deepEqual([first.Parameters.length, typeof first.NextToken], [10, 'string']);
  assert.deepEqual((await bench.call<Listed>('GetParametersByPath', { Path: '/', Recursive: true })).Parameters, []);
});

test('a parameter may stand for a secret, which is read as whoever asks', async () => {
  const calls: unknown[] = [];
  await using bench = await SsmBench.open(async <Output>(...call: unknown[]) => {
    calls.push(call.slice(0, 3));
    const [, , input] = call as [string, string, { SecretId: string }];
    if (input.SecretId === 'none') throw new ServiceError('ResourceNotFoundException', 'no');
    if (input.SecretId === 'denied') throw new ServiceError('AccessDeniedException', 'denied');
    return { SecretString: 'value', Name: 'app/db', CreatedDate: new Date(0) } as Output;
  });
  const path = '/aws/reference/secretsmanager';
  const shown = await get(bench, `${path}/app/db:AWSPREVIOUS`, { WithDecryption: true });
  assert.deepEqual([shown.Value, shown.Version, shown.Selector], ['value', 0, ':AWSPREVIOUS']);
  assert.deepEqual(calls, [['secretsmanager', 'GetSecretValue', { SecretId: 'app/db', VersionStage: 'AWSPREVIOUS' }]]);
  assert.ok(!JSON.stringify({ ...shown, Value: '' }).includes('"value"'));
  await assert.rejects(
    get(bench, `${path}/app/db`),
    refusal('ValidationException', /^WithDecryption flag must be True/),
  );
  const decrypted = { WithDecryption: true };
  await assert.rejects(get(bench, `${path}/none`, decrypted), refusal('ParameterNotFound', /none not found/));
  await assert.rejects(get(bench, `${path}/denied`, decrypted), refusal('AccessDeniedException', 'denied'));
});

test('access is asked for the ARN of each parameter, however it is named, with the keys of AWS', async () => {
  await using bench = await SsmBench.open();
  const { operations } = bench.service;
  const of = async (operation: unknown, input: object) =>
    (await accessOf(operation as Operation, input, bench.context())).map(({ action, resource, conditions }) => [
      action,
      resource,
      conditions,
    ]);
  for (const Name of ['/a/b', '/a/b:7', arn('a/b'), ' /a/b']) {
    assert.deepEqual(await of(operations.GetParameter, { Name }), [['ssm:GetParameter', arn('a/b'), undefined]], Name);
  }
  assert.deepEqual(await of(operations.GetParameters, { Names: ['/a', 'b'] }), [
    ['ssm:GetParameters', arn('a'), undefined],
    ['ssm:GetParameters', arn('b'), undefined],
  ]);
  assert.deepEqual(await of(operations.GetParametersByPath, { Path: '/a/', Recursive: true }), [
    ['ssm:GetParametersByPath', arn('a'), { 'ssm:Recursive': 'true' }],
  ]);
  const put = { Name: '/a', Value: 'v', Overwrite: true, Tags: [{ Key: 'k', Value: 'v' }] };
  assert.deepEqual(await of(operations.PutParameter, put), [
    ['ssm:PutParameter', arn('a'), { 'ssm:Overwrite': 'true', 'aws:RequestTag/k': 'v', 'aws:TagKeys': ['k'] }],
  ]);
});
