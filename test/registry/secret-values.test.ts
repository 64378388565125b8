import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { countTurns } from '../../src/core/count-turns.fixture.ts';
import { CommitFailed, ServiceError } from '../../src/core/errors.ts';
import type { Region } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { RequestContext } from '../../src/core/operation.ts';
import type { RoleUse } from '../../src/core/principal.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import type { MayUseRole } from '../../src/iam/index.ts';
import { createSecretValues } from '../../src/services/secret-values/index.ts';
import { readDeadline, readsAtOnce } from '../../src/services/secret-values/reads.ts';
import { readReference } from '../../src/services/secret-values/references.ts';
import { SecretsBench, scope } from '../../src/services/secretsmanager/secrets.fixture.ts';
import { SsmBench } from '../../src/services/ssm/ssm.fixture.ts';

const region = 'us-east-1' as Region;

/** Both services behind a registry that authorizes, and the port on it. */
async function open() {
  const secrets = await SecretsBench.open();
  const ssm = await SsmBench.open(async (service, operation, input, context) =>
    registry.invoke(service, operation, input, context),
  );
  const registry = new OperationRegistry([secrets.service, ssm.service]);
  const called: RequestContext[] = [];
  let use: RoleUse | undefined;
  let trusts: MayUseRole = () => true;
  const onUse = (asked: MayUseRole) => {
    trusts = asked;
  };
  let between = async (): Promise<void> => {};
  const logged: unknown[] = [];
  const values = createSecretValues({
    invoke: async (service, operation, input, context) => {
      called.push(context);
      await between();
      const { principal } = context;
      const as = use && principal.kind === 'role-session' ? { ...principal, use } : principal;
      return registry.invoke(service, operation, input, { ...context, principal: as });
    },
    clock: secrets.clock,
    random: new SystemRandom(),
    logger: { ...silentLogger, error: (...what) => logged.push(what) },
    mayUse: (call, roleArn) => trusts(call, roleArn),
  });
  const reader = (executionRole = 'arn:aws:iam::123456789012:role/execution') =>
    values.reader({ ...scope, executionRole, sessionName: 'task' });
  const valueFor = async (valueFrom: string) => {
    const resolved = await reader().value(valueFrom);
    return resolved.kind === 'value' ? resolved.value : assert.fail(resolved.reason);
  };
  const reasonOf = async (valueFrom: string, as?: RoleUse) => {
    use = as;
    const resolved = await reader().value(valueFrom);
    return resolved.kind === 'failed' ? resolved.reason : assert.fail('it was resolved');
  };
  const onCall = (happens: () => Promise<void>) => {
    between = happens;
  };
  const close = () => Promise.all([secrets[Symbol.asyncDispose](), ssm[Symbol.asyncDispose]()]);
  return {
    secrets,
    ssm,
    reader,
    roleRefusal: values.roleRefusal,
    onUse,
    valueFor,
    reasonOf,
    onCall,
    called,
    logged,
    [Symbol.asyncDispose]: async () => void (await close()),
  };
}

/** A secret of two versions, whose text is JSON. */
async function twoVersions({ secrets }: Awaited<ReturnType<typeof open>>) {
  const text = (version: number) => JSON.stringify({ username1: `password${version}`, port: 5432, nested: { a: [1] } });
  const made = await secrets.call<{ ARN: string; VersionId: string }>('CreateSecret', {
    Name: 'appauthexample',
    SecretString: text(1),
  });
  await secrets.call('PutSecretValue', { SecretId: made.ARN, SecretString: text(2) });
  return { base: made.ARN, first: made.VersionId, text };
}

const base = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:appauthexample-AbCdEf';
const id = '9d4cb84b-ad69-40c0-a0ab-cead36b967e8';
const secret = { kind: 'secret', region, secretId: base };
const references: Readonly<Record<string, object>> = {
  [base]: secret,
  [`${base}:username1::`]: { ...secret, jsonKey: 'username1' },
  [`${base}::AWSPREVIOUS:`]: { ...secret, versionStage: 'AWSPREVIOUS' },
  [`${base}:::${id}`]: { ...secret, versionId: id },
  [`${base}::${id}`]: { ...secret, versionId: id },
  [`${base}:username1:AWSPREVIOUS:`]: { ...secret, jsonKey: 'username1', versionStage: 'AWSPREVIOUS' },
  [`${base}:username1::${id}`]: { ...secret, jsonKey: 'username1', versionId: id },
  'arn:aws:ssm:eu-west-1:123456789012:parameter/a/b': {
    kind: 'parameter',
    region: 'eu-west-1',
    name: 'arn:aws:ssm:eu-west-1:123456789012:parameter/a/b',
  },
  '/a/b': { kind: 'parameter', region, name: '/a/b' },
};

for (const [valueFrom, expected] of Object.entries(references)) {
  test(`${valueFrom} is read as the guide says`, () => {
    assert.deepEqual(readReference(valueFrom, region), expected);
  });
}

test('every form of a reference to a secret gives the value of that version and key', async () => {
  await using bench = await open();
  const { base: arn, first, text } = await twoVersions(bench);
  const cases: [string, string][] = [
    [arn, text(2)],
    [arn.slice(0, -7), text(2)],
    [`${arn}:username1::`, 'password2'],
    [`${arn}::AWSPREVIOUS:`, text(1)],
    [`${arn}:::${first}`, text(1)],
    [`${arn}:username1:AWSPREVIOUS:`, 'password1'],
    [`${arn}:username1::${first}`, 'password1'],
    [`${arn}:port::`, '5432'],
    [`${arn}:nested::`, '{"a":[1]}'],
  ];
  for (const [valueFrom, value] of cases) assert.equal(await bench.valueFor(valueFrom), value, valueFrom);
});

test('parameters are read by name and ARN, decrypted, and one that stands for a secret is that', async () => {
  await using bench = await open();
  await twoVersions(bench);
  await bench.ssm.put('/a/secure', 'hidden', { Type: 'SecureString' });
  await bench.ssm.put('plain', 'shown');
  assert.equal(await bench.valueFor('/a/secure'), 'hidden');
  assert.equal(await bench.valueFor('plain'), 'shown');
  assert.equal(await bench.valueFor('arn:aws:ssm:us-east-1:123456789012:parameter/a/secure'), 'hidden');
  assert.match(await bench.valueFor('/aws/reference/secretsmanager/appauthexample'), /password2/);
});

const head =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ';
const asm = `${head}secret from asm: service call has been retried 1 time(s): `;
const fromSsm = `${head}secrets from ssm: service call has been retried 1 time(s): `;

test('what cannot be resolved is told in the words of ECS, without any value', async () => {
  await using bench = await open();
  const { base: arn, first } = await twoVersions(bench);
  await bench.secrets.call('CreateSecret', { Name: 'bytes', SecretBinary: 'AAEC' });
  const { ARN: text } = await bench.secrets.call<{ ARN: string }>('CreateSecret', {
    Name: 'text',
    SecretString: 'no json',
  });
  const bytes = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:bytes';
  const missing = `${arn.slice(0, -6)}zzzzzz`;
  const cases: [string, string | RegExp][] = [
    [
      missing,
      `${asm}failed to fetch secret ${missing} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ],
    [
      `${arn}::blue:`,
      `${asm}failed to fetch secret ${arn} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: blue`,
    ],
    [`${arn}:password::`, `${asm}retrieved secret from Secrets Manager did not contain json key password`],
    [`${arn}:username1:AWSPREVIOUS:${first}`, `${asm}version-stage and version-id cannot both be given`],
    [`${text}:key::`, `${asm}the secret is not a JSON object, so it has no key key`],
    [`${arn}:toString::`, /did not contain json key toString$/],
    [bytes, /is binary, and only text can be used$/],
    [`${arn}:a:b:c:d`, `${asm}unexpected ARN format with parameters when trying to retrieve ASM secret`],
    [`${arn}:username1`, `${asm}unexpected ARN format with parameters when trying to retrieve ASM secret`],
    [`${arn}:username1:AWSPREVIOUS`, /unexpected ARN format/],
    [
      'arn:aws:secretsmanager:us-east-1:999999999999:secret:other-AbCdEf',
      /ResourceNotFoundException: Secrets Manager can't find the specified secret\.$/,
    ],
    ['arn:aws:sns:us-east-1:123456789012:topic', /cannot be read: it is no ARN of a secret or parameter$/],
    ['/none', `${fromSsm}invalid parameters: /none`],
    ['has space', /^ResourceInitializationError: .* secrets from ssm: .* ValidationException: Parameter name/],
  ];
  for (const [valueFrom, reason] of cases) {
    const told = await bench.reasonOf(valueFrom);
    if (typeof reason === 'string') assert.equal(told, reason);
    else assert.match(told, reason);
    assert.ok(!/password[12]|no json/.test(told));
  }
});

test('the execution role may read what an assumed role may not', async () => {
  await using bench = await open();
  const { base: arn } = await twoVersions(bench);
  const denied =
    'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/execution/task is not authorized to perform: ';
  assert.ok(
    (await bench.reasonOf(arn, { kind: 'assumed' })).startsWith(
      `${asm}failed to fetch secret ${arn} from secrets manager: ${denied}secretsmanager:GetSecretValue on resource: ${arn} `,
    ),
  );
  assert.ok((await bench.reasonOf('/a', { kind: 'assumed' })).startsWith(`${fromSsm}${denied}ssm:GetParameters on `));
});

test('the call is made in the region of the ARN, by the batch service for the role', async () => {
  await using bench = await open();
  await bench.reasonOf('arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf');
  await bench.reasonOf('/none');
  assert.deepEqual(
    bench.called.map(({ region: where, source, principal }) => [where, source, principal.kind]),
    [
      ['eu-west-1', { kind: 'service', service: 'batch.amazonaws.com' }, 'role-session'],
      ['us-east-1', { kind: 'service', service: 'batch.amazonaws.com' }, 'role-session'],
    ],
  );
});

test('two keys of a secret are of one version of it within an attempt, and the next attempt has the new one', async () => {
  await using bench = await open();
  const made = await twoVersions(bench);
  const put = (username1: string, port: string) =>
    bench.secrets.call('PutSecretValue', { SecretId: made.base, SecretString: JSON.stringify({ username1, port }) });
  await put('old', 'old');
  bench.onCall(async () => {
    bench.onCall(async () => {});
    await put('new', 'new');
    bench.onCall(async () => void (await put('newest', 'newest')));
  });
  const reader = bench.reader();
  const pair = async (from: typeof reader) =>
    Promise.all([from.value(`${made.base}:username1::`), from.value(`${made.base}:port::`)]);
  const [name, port] = await pair(reader);
  assert.deepEqual(name, { kind: 'value', value: 'new' });
  assert.deepEqual(port, name);
  assert.equal(bench.called.length, 1);
  assert.deepEqual(await pair(reader), [name, port]);
  assert.deepEqual((await pair(bench.reader()))[0], { kind: 'value', value: 'newest' });
});

test('what never answers fails in words after a deadline, and others get their turn', async () => {
  await using bench = await open();
  await bench.ssm.put('/a', 'value');
  bench.onCall(() => new Promise(() => {}));
  const hanging = Array.from({ length: readsAtOnce }, () => bench.reader().value('/a'));
  await nextTurn();
  bench.onCall(async () => {});
  const behind = bench.reader().value('/a');
  await nextTurn();
  assert.equal(bench.called.length, readsAtOnce);
  assert.ok(bench.called.every(({ signal }) => !signal.aborted));
  bench.secrets.clock.advance(readDeadline);
  const [first] = await Promise.all(hanging);
  assert.equal(first?.kind, 'failed');
  assert.ok(
    first?.kind === 'failed' &&
      first.reason.startsWith(
        `${fromSsm}RequestCanceled: request context canceled caused by: context deadline exceeded`,
      ),
  );
  assert.deepEqual(await behind, { kind: 'value', value: 'value' });
  assert.ok(bench.called.slice(0, readsAtOnce).every(({ signal }) => signal.aborted));
});

test('attempts that need hundreds of values leave the event loop its turns', async () => {
  await using bench = await open();
  const attempt = (reader = bench.reader()) =>
    Array.from({ length: 400 }, (_, index) => reader.value(`/none/${index}`));
  const turns = await countTurns(() => Promise.all([...attempt(), ...attempt()]));
  assert.equal(bench.called.length, 800);
  assert.ok(turns >= 800 / 32 - 1, `${turns} turns`);
});

test('an internal error fails the attempt without what it says, and one of the store is for whoever rebuilds memory', async () => {
  await using bench = await open();
  bench.onCall(async () => {
    throw new TypeError('hunter2 is no function');
  });
  const reason = await bench.reasonOf('/a');
  assert.equal(reason, `${fromSsm}InternalServiceError: An internal error occurred`);
  assert.equal(bench.logged.length, 1);
  assert.ok(!JSON.stringify(bench.logged).includes('hunter2'));
  bench.onCall(async () => {
    throw new ServiceError('ThrottlingException', 'Rate exceeded');
  });
  assert.equal(await bench.reasonOf('/a'), `${fromSsm}ThrottlingException: Rate exceeded`);
  bench.onCall(async () => {
    throw new CommitFailed('failed', 'memory is rebuilt');
  });
  await assert.rejects(bench.reader().value('/a'), CommitFailed);
});

test('a role that cannot be assumed reads nothing, in the words of ECS', async () => {
  await using bench = await open();
  await bench.ssm.put('/a', 'value');
  for (const role of ['arn:aws:iam::999999999999:role/other', 'no role', '']) {
    const resolved = await bench.reader(role).value('/a');
    assert.ok(resolved.kind === 'failed', role);
    const words = `ResourceInitializationError: unable to pull secrets or registry auth: ECS was unable to assume the role '${role}' that`;
    assert.ok(resolved.reason.startsWith(words), resolved.reason);
  }
  assert.deepEqual(bench.called, []);
});

test('a registry login is a secret by name or ARN, of the one form that there is', async () => {
  await using bench = await open();
  const login = { username: 'me', password: 'hunter2' };
  const put = async (Name: string, value: object | string) => {
    const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
    return (await bench.secrets.call<{ ARN: string }>('CreateSecret', { Name, SecretString })).ARN;
  };
  const arn = await put('registry', { ...login, other: 1 });
  for (const name of [arn, arn.slice(0, -7), 'registry']) {
    assert.deepEqual(await bench.reader().login(name), { kind: 'value', value: login }, name);
  }
  const fromRegistry = `${head.replace('unable to retrieve ', '')}unable to get registry auth from asm: service call has been retried 1 time(s): `;
  await put('half', { username: 'me' });
  await put('text', 'hunter2');
  for (const name of [
    'half',
    'text',
    'missing',
    `${arn}:username::`,
    'arn:aws:ssm:us-east-1:123456789012:parameter/p',
  ]) {
    const resolved = await bench.reader().login(name);
    assert.ok(resolved.kind === 'failed' && resolved.reason.startsWith(fromRegistry), name);
    assert.ok(!resolved.reason.includes('hunter2'));
  }
});

test('a role whose trust policy does not name ECS is refused, and it is told of which task', async () => {
  await using bench = await open();
  const asked: unknown[] = [];
  bench.onUse(({ principal, source }, roleArn) => {
    asked.push([principal.arn, source, roleArn]);
    return false;
  });
  const role = 'arn:aws:iam::123456789012:role/execution';
  const task = { ...scope, sessionName: 'task' };
  const words = new RegExp(`^ECS was unable to assume the role '${role}' that was provided for this task`);
  assert.match(bench.roleRefusal(task, role) ?? '', words);
  const source = {
    ...{ kind: 'service', service: 'ecs-tasks.amazonaws.com' },
    arn: `arn:aws:ecs:${scope.region}:123456789012:task/task`,
  };
  assert.deepEqual(asked, [['ecs-tasks.amazonaws.com', source, role]]);
  assert.match(await bench.reasonOf('/p'), /ECS was unable to assume the role/);
  assert.deepEqual(bench.called, []);
  bench.onUse(() => true);
  assert.equal(bench.roleRefusal(task, role), undefined);
});
