import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { ManualClock } from '../../src/core/clock.ts';
import type { Arn } from '../../src/core/ids.ts';
import { accessOf, rootContext } from '../../src/core/operation.fixture.ts';
import type { Operation, ServiceDefinition } from '../../src/core/operation.ts';
import { MemorySink } from '../../src/gateway/audit.fixture.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { roleActions, serviceActions } from '../../src/iam/allow-lists.ts';
import { FakePolicies, policyOf, statement } from '../../src/iam/authority/authority.fixture.ts';
import { Authority, actionsOf, findAction, looksLike, rolePrincipal } from '../../src/iam/index.ts';
import { scope } from '../../src/services/batch/batch.fixture.ts';
import { lateServices, services } from './all-services.ts';
import { awsActions } from './aws-actions.ts';

const known = new Set(
  Object.entries(awsActions).flatMap(([service, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => `${service}:${name}`),
  ),
);

/** Anybody may call them, whatever policies say. */
const open = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken']);

/** What carries messages, log lines and the work of tasks. */
const dataOperations = new Set([
  ...[
    'events:PutEvents',
    'lambda:Invoke',
    'logs:FilterLogEvents',
    'logs:GetLogRecord',
    'logs:GetQueryResults',
    'monitoring:GetMetricData',
    'monitoring:GetMetricStatistics',
    'monitoring:PutMetricData',
    'logs:GetLogEvents',
    'logs:GetLogRecord',
    'logs:GetQueryResults',
    'logs:PutLogEvents',
    'sns:Publish',
    'sns:PublishBatch',
  ],
  ...['states:GetActivityTask', 'states:SendTaskFailure', 'states:SendTaskHeartbeat', 'states:SendTaskSuccess'],
  'states:StartSyncExecution',
]);

const operations = services.flatMap(({ name: service, operations: all }) =>
  Object.entries(all).flatMap(([name, operation]) =>
    operation.kind === 'operation' ? [{ service, name, operation: operation as Operation }] : [],
  ),
);
const context = rootContext(scope, new ManualClock().now());

/** Inputs that nobody has validated: nothing, everything that asks for more, and members of wrong types and sizes. */
const everything = {
  tags: { a: 'b' },
  publish: true,
  revealSecrets: true,
  roleArn: 'arn:aws:iam::123456789012:role/r',
  serviceRole: 'arn:aws:iam::123456789012:role/r',
  containerProperties: { jobRoleArn: 'arn:aws:iam::123456789012:role/j' },
  jobs: ['a', 'b'],
};

function spoilt(operation: Operation, value: unknown): object {
  const shape = (operation.schema as { shape?: object }).shape ?? {};
  return Object.fromEntries([...Object.keys(shape), ...Object.keys(everything)].map((member) => [member, value]));
}

const huge = Array.from({ length: 100_000 }, (_, index) => ({ key: `${index}`, value: null }));
const hugeMap = Object.fromEntries(huge.map(({ key }) => [key, key]));

test('there are as many operations as the services have built', () => {
  assert.ok(operations.length > 190, `${operations.length}`);
});

for (const { service, name, operation } of operations) {
  test(`${service}:${name} asks, about any input, for actions that AWS has`, async () => {
    const actions = actionsOf(service, name);
    const inputs = [
      {},
      everything,
      ...[null, 7, 'x'.repeat(100_000), huge, hugeMap].map((it) => spoilt(operation, it)),
    ];
    for (const input of inputs) {
      const asked = await accessOf(operation, input, context);
      assert.ok(asked.length <= 2_000, `${asked.length} questions`);
      for (const { action, resource } of asked) {
        assert.ok(actions.includes(action), `${action} is none of ${actions}`);
        assert.ok(resource.length <= 5_000);
      }
    }
    if (service !== 'batchyard') for (const action of actions) assert.ok(known.has(action), `AWS has no ${action}`);
    const [first] = await accessOf(operation, everything, context);
    assert.equal(first?.action, open.has(`${service}:${name}`) ? undefined : actions[0]);
  });
}

/** Resources that AWS's table has not for an action, and why they are asked about nevertheless. */
const otherResources: readonly (readonly [action: RegExp, resource: RegExp, why: string])[] = [
  [/^iam:List/, /\/$/, 'AWS asks about the path whose entities are listed, though its reference names no resource'],
  [/^logs:/, /:log-stream:$/, 'AWS asks about a group with the ARN of all its streams (service authorization, logs)'],
  [/^ecs:ListTasks$/, /:cluster\//, 'AWS lists container instances; a request that names none names the cluster alone'],
];

function isTaken(action: string, resource: string): boolean {
  const found = findAction(action);
  // Of a service that the table has not, and of what a request does not name, nothing is said.
  if (found?.kind !== 'known' || resource === '*' || resource.includes('*')) return true;
  const { arns } = found.facts;
  return (
    arns.some((arn) => looksLike(resource, arn)) ||
    otherResources.some(([of, like]) => of.test(action) && like.test(resource))
  );
}

/** Inputs that name things as their operations do. */
const named = {
  ...everything,
  ...{ computeEnvironmentName: 'n', computeEnvironment: 'n', jobQueueName: 'n', jobQueue: 'n', jobDefinitionName: 'n' },
  ...{ jobDefinition: 'n:1', jobName: 'n', jobId: 'n', consumableResourceName: 'n', consumableResource: 'n' },
  ...{ serviceEnvironmentName: 'n', serviceEnvironment: 'n', quotaShareName: 'n', shareIdentifier: 's' },
  ...{
    AlarmName: 'n',
    AlarmNames: ['n'],
    DashboardName: 'n',
    DashboardNames: ['n'],
    Namespace: 'n',
    FunctionName: 'n',
  },
  ...{ logGroupName: 'n', logStreamName: 'n', SecretId: 'n', Name: 'n', Names: ['n'], clusterName: 'n' },
};

test('every question is about a resource that AWS asks that action about', async () => {
  const wrong: string[] = [];
  for (const { service, name, operation } of operations) {
    for (const { action, resource } of await accessOf(operation, named, context)) {
      if (!isTaken(action, resource)) wrong.push(`${service}:${name} asks ${action} on ${resource}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** How each service says that its caller may not call. */
const denials: Readonly<Record<string, readonly [code: string, status: number]>> = {
  batch: ['AccessDeniedException', 403],
  cloudtrail: ['AccessDeniedException', 400],
  lambda: ['AccessDeniedException', 403],
  batchyard: ['AccessDeniedException', 403],
  logs: ['AccessDeniedException', 400],
  monitoring: ['AccessDeniedException', 400],
  states: ['AccessDeniedException', 400],
  events: ['AccessDeniedException', 400],
  scheduler: ['AccessDeniedException', 403],
  secretsmanager: ['AccessDeniedException', 400],
  sns: ['AuthorizationError', 403],
  ssm: ['AccessDeniedException', 400],
  iam: ['AccessDenied', 403],
  sts: ['AccessDenied', 403],
  ecs: ['AccessDeniedException', 400],
  ec2: ['UnauthorizedOperation', 403],
  ecr: ['AccessDeniedException', 400],
};

/** The same operations, which take any input and say that they were reached. */
const reached: readonly ServiceDefinition[] = services.map((service) => ({
  ...service,
  operations: Object.fromEntries(
    Object.entries(service.operations).map(([name, operation]) => {
      const says = { ...operation, schema: z.any(), handler: () => 'reached' };
      return [name, operation.kind === 'operation' ? says : operation];
    }),
  ),
}));

/** Calls every operation as a user who may do exactly what it asks about `named`, and is denied its action if `deny`. */
async function walk(deny: boolean, visit: (call: Promise<unknown>, service: string, name: string) => Promise<void>) {
  for (const { service, name, operation } of operations) {
    const asked = await accessOf(operation, named, context);
    const [first] = asked;
    // Of assuming roles their trust policies decide: tests of STS.
    if (!first || first.trustOf !== undefined) continue;
    const allows = asked.map(({ action, resource }) => statement('Allow', action, resource));
    const policies = [policyOf([...allows, ...(deny ? [statement('Deny', first.action)] : [])])];
    const stored = new FakePolicies();
    const principal = stored.putUser('ada', { policies });
    const registry = new OperationRegistry(reached, undefined, new Authority({ reads: stored }));
    await visit(registry.invoke(service, name, named, { ...context, principal }), service, name);
  }
}

test('who has exactly the permissions that are asked is let through to every operation', async () => {
  await walk(false, async (call, service, name) => assert.equal(await call, 'reached', `${service}:${name}`));
});

test('who is denied an action is refused it with the code of its service, whatever allows it', async () => {
  await walk(true, async (call, service, name) => {
    // Entries of a list are refused one by one, with the answer.
    if (['CancelJobs', 'TerminateJobs', 'TerminateServiceJobs'].includes(name)) {
      await call;
      return;
    }
    const [code, status] = denials[service] ?? assert.fail(service);
    const action = actionsOf(service, name)[0];
    const message = new RegExp(`to perform: ${action} on .* with an explicit deny in an identity-based policy$`);
    await assert.rejects(call, { code, status, message }, `${service}:${name}`);
  });
});

test('who has no permission is refused every operation with the code of its service, whatever the input is', async () => {
  const registry = new OperationRegistry(services);
  const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
  const principal = rolePrincipal({ account: scope.account, roleArn, sessionName: 's', use: { kind: 'assumed' } });
  for (const { service, name, operation } of operations) {
    // Who brings no token is nobody yet: tests of STS.
    if (open.has(`${service}:${name}`) || operation.identify) continue;
    const [code, status] = denials[service] ?? assert.fail(service);
    // Entries of a list are refused one by one, with the answer.
    if (['CancelJobs', 'TerminateJobs', 'TerminateServiceJobs'].includes(name)) continue;
    const call = registry.invoke(service, name, everything, { ...context, principal });
    const message = new RegExp(
      `^User: ${principal.arn} is not authorized to perform: ${actionsOf(service, name)[0]} on `,
    );
    await assert.rejects(call, { code, status, message }, `${service}:${name}`);
  }
});

test('what is read late says before that whether it only reads', async () => {
  const late = lateServices.flatMap(({ operations: all }) =>
    Object.entries(all).flatMap(([name, operation]) => (operation.kind === 'late' ? [{ name, operation }] : [])),
  );
  assert.ok(late.length > 50, `${late.length}`);
  for (const { name, operation } of late) assert.equal((await operation.load()).readOnly, operation.readOnly, name);
});

test('what is data for the audit is known, and nothing is left out of it', () => {
  const kinds = operations.map(({ service, name, operation: { audit } }) => {
    const kind = typeof audit === 'string' ? audit : audit.kind;
    return [`${service}:${name}`, kind] as const;
  });
  assert.deepEqual(new Set(kinds.flatMap(([name, kind]) => (kind === 'data' ? [name] : []))), dataOperations);
  assert.deepEqual(
    kinds.filter(([, kind]) => kind === 'none'),
    [],
  );
});

test('what the audit hides is in the input of the operation', () => {
  for (const { service, name, operation } of operations) {
    if (typeof operation.audit === 'string') continue;
    const members = JSON.stringify(shapeNames(operation.schema));
    for (const hidden of operation.audit.hide ?? [])
      assert.ok(members.includes(`"${hidden}"`), `${service}:${name} ${hidden}`);
  }
});

/** Members whose names sound as if they held a secret, and which hold none: places, ids, and what says that there is one. */
const harmless =
  /^(next_?token|client_?(request)?_?token|(start|end)?nextToken|secret(Id|IdList|Arn|s|Options|List)|keyName|HttpTokens|TokenType|IsValueSecret|revealSecrets|idempotencyToken|ForceOverwriteReplicaSecret|repositoryCredentials|imagePullSecrets|secret|secretName|sequenceToken|PasswordLength|credentialsParameter)$/i;

test('what sounds like a secret in the input of an operation is hidden from the audit', () => {
  const shown = operations.flatMap(({ service, name, operation: { audit, schema } }) => {
    const hidden: readonly string[] = typeof audit === 'string' ? [] : (audit.hide ?? []);
    return shapeNames(schema)
      .filter((member) => /password|secret|token|credential|privatekey/i.test(member) && !harmless.test(member))
      .filter((member) => !hidden.includes(member))
      .map((member) => `${service}:${name} ${member}`);
  });
  assert.deepEqual([...new Set(shown)], []);
});

test('no value of what is hidden is in the record of any call, wherever in the input it stands', async () => {
  const sink = new MemorySink();
  sink.wanted.add('data');
  const registry = new OperationRegistry(services, sink.options);
  const mark = 'the-value-that-nobody-may-see';
  for (const { service, name, operation } of operations) {
    const { hide = [] } = typeof operation.audit === 'string' ? {} : operation.audit;
    const marked = Object.fromEntries(hide.map((member) => [member, mark]));
    const deep = Object.fromEntries(hide.map((member) => [member, [{ [member]: mark, value: { text: mark } }]]));
    // Refused for who calls, so that nothing comes of it.
    const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
    const principal = rolePrincipal({ account: scope.account, roleArn, sessionName: 's', use: { kind: 'assumed' } });
    for (const input of [marked, deep, { inner: [marked], other: { deep } }])
      await registry.invoke(service, name, input, { ...context, principal }).catch(() => {});
  }
  assert.equal(sink.records.length, 3 * operations.length);
  const shown = sink.records.filter((record) => JSON.stringify(record).includes(mark));
  assert.deepEqual(
    shown.map(({ service, operation }) => `${service}:${operation}`),
    [],
  );
});

/** The names of all members of a schema, at any depth. */
function shapeNames(schema: unknown, seen = new Set<unknown>()): string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  const { def } = schema as { def?: Record<string, unknown> };
  if (!def) return [];
  const { shape, ...others } = def;
  const members = typeof shape === 'object' && shape !== null ? Object.entries(shape) : [];
  return [
    ...members.flatMap(([name, inner]) => [name, ...shapeNames(inner, seen)]),
    ...Object.values(others).flatMap((inner) => shapeNames(inner, seen)),
  ];
}

test('the lists of roles and services name actions that AWS has', () => {
  for (const list of [...Object.values(roleActions), ...Object.values(serviceActions)]) {
    // No licensed list of the actions of KMS is at hand, and those of SQS come with that service.
    const others = ['kms:Decrypt', 'sqs:SendMessage'];
    for (const action of list) assert.ok(known.has(action) || others.includes(action), `AWS has no ${action}`);
  }
});
