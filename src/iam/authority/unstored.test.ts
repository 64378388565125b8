import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Arn } from '../../core/ids.ts';
import type { Principal, RoleUse, ServicePrincipalName } from '../../core/principal.ts';
import { roleActions, serviceActions } from '../allow-lists.ts';
import { anonymousPrincipal, rolePrincipal, rootPrincipal, servicePrincipal } from '../principals.ts';
import { callAs } from './authority.fixture.ts';
import { Authority } from './index.ts';

const account = '123456789012' as AccountId;
const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';

const authority = new Authority();

function authorize(principal: Principal, requests: Parameters<Authority['decide']>[1]) {
  return authority.decide(callAs(principal), requests);
}

const submit = { action: 'batch:SubmitJob', resource: queue };

function session(use: RoleUse): Principal {
  const roleArn = 'arn:aws:iam::123456789012:role/team/render' as Arn;
  return rolePrincipal({ account, roleArn, sessionName: 'me', use });
}

function may(principal: Principal, action: string): boolean {
  return authorize(principal, [{ action, resource: '*' }]).kind === 'allow';
}

function words(principal: Principal): string {
  const decision = authorize(principal, [submit]);
  return decision.kind === 'deny' ? decision.message : assert.fail('allowed');
}

test('the root user may do anything', () => {
  const decision = authorize(rootPrincipal(account), [submit, { action: 'sts:AssumeRole', resource: '*' }]);
  assert.deepEqual(decision, { kind: 'allow', refused: new Map() });
});

test('a role session that STS gave out is denied with the words of AWS', () => {
  assert.equal(
    words(session({ kind: 'assumed' })),
    'User: arn:aws:sts::123456789012:assumed-role/render/me is not authorized to perform: batch:SubmitJob ' +
      `on resource: ${queue} because no identity-based policy allows the batch:SubmitJob action`,
  );
});

test('a refusal calls a thing what the caller called it, where its ARN would tell more', () => {
  const decision = authorize(session({ kind: 'assumed' }), [{ ...submit, shownAs: 'mine' }]);
  assert.match(decision.kind === 'deny' ? decision.message : '', /on resource: mine because/);
});

test('users, accounts and those who did not sign may do nothing', () => {
  const arn = 'arn:aws:iam::123456789012:user/u' as Arn;
  const user: Principal = { kind: 'user', userName: 'u', arn, userId: 'AIDA', account };
  const whole: Principal = { ...rootPrincipal(account), kind: 'account' };
  assert.match(words(user), /^User: arn:aws:iam::123456789012:user\/u is not .* because no identity-based policy/);
  assert.match(words(whole), /because no resource-based policy allows the batch:SubmitJob action$/);
  assert.match(words(anonymousPrincipal(account)), /^User: anonymous is not authorized/);
});

test('an operation that needs no permission is open to everybody', () => {
  assert.equal(authorize(session({ kind: 'assumed' }), []).kind, 'allow');
});

test('every question must be answered by yes, and the first that is not is named', () => {
  const machine = session({ kind: 'state-machine', actions: ['batch:SubmitJob'] });
  assert.equal(authorize(machine, [submit]).kind, 'allow');
  const decision = authorize(machine, [submit, { action: 'iam:PassRole', resource: 'r' }]);
  assert.ok(decision.kind === 'deny');
  assert.deepEqual(decision.request, { action: 'iam:PassRole', resource: 'r' });
});

test('an entry that is refused does not refuse the call, nor the other entries', () => {
  const job = session({ kind: 'state-machine', actions: ['batch:TerminateJob'] });
  const decision = authorize(job, [
    { action: 'batch:TerminateJob', resource: 'a', entry: 'a' },
    { action: 'batch:CancelJob', resource: 'b', entry: 'b' },
  ]);
  assert.ok(decision.kind === 'allow');
  assert.deepEqual([...decision.refused.keys()], ['b']);
  assert.match(decision.refused.get('b') ?? '', /is not authorized to perform: batch:CancelJob on resource: b/);
});

/** For each role: what it is for, and what it must never come to do. */
const roles: readonly [RoleUse, readonly string[], readonly string[]][] = [
  [{ kind: 'assumed' }, [], ['batch:DescribeJobs', 'sts:AssumeRole', 'logs:PutLogEvents']],
  [
    { kind: 'task-execution' },
    [
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'ssm:GetParameters',
      'ecr:BatchGetImage',
    ],
    ['batch:SubmitJob', 'logs:GetLogEvents', 'secretsmanager:PutSecretValue', 'iam:PassRole', 'sns:Publish'],
  ],
  [
    { kind: 'job' },
    [
      ...['sts:GetCallerIdentity', 'batch:SubmitJob', 'batch:DescribeJobs', 'batch:ListJobs', 'batch:CancelJob'],
      ...['batch:TerminateJob', 'logs:PutLogEvents', 'logs:GetLogEvents', 'sns:Publish', 'states:StartExecution'],
      ...['states:SendTaskSuccess', 'secretsmanager:GetSecretValue', 'ssm:GetParameter'],
    ],
    [
      ...['batch:RegisterJobDefinition', 'batch:DeleteJobQueue', 'iam:PassRole', 'logs:DeleteLogGroup'],
      ...['sts:AssumeRole', 'states:CreateStateMachine', 'secretsmanager:PutSecretValue', 'ssm:PutParameter'],
    ],
  ],
  [{ kind: 'state-machine', actions: ['sns:Publish'] }, ['sns:Publish'], ['sns:Subscribe', 'batch:SubmitJob']],
];

for (const [use, allowed, denied] of roles) {
  test(`a session of a role for ${use.kind} may do what it is for, and nothing else`, () => {
    const principal = session(use);
    for (const action of allowed) assert.ok(may(principal, action), `${action} is denied`);
    for (const action of denied) assert.ok(!may(principal, action), `${action} is allowed`);
  });
}

/** Those that act in their own name. */
const services: Readonly<
  Record<
    Exclude<ServicePrincipalName, 'ecs-tasks.amazonaws.com' | 'ec2.amazonaws.com' | 'scheduler.amazonaws.com'>,
    readonly [allowed: string, denied: string]
  >
> = {
  'batch.amazonaws.com': ['logs:PutLogEvents', 'batch:SubmitJob'],
  'states.amazonaws.com': ['events:PutRule', 'batch:SubmitJob'],
  'events.amazonaws.com': ['sns:Publish', 'batch:SubmitJob'],
  'cloudtrail.amazonaws.com': ['sns:Publish', 'sns:CreateTopic'],
  'sns.amazonaws.com': ['sqs:SendMessage', 'sns:Publish'],
  'lambda.amazonaws.com': ['sqs:SendMessage', 'lambda:InvokeFunction'],
  'logs.amazonaws.com': ['lambda:InvokeFunction', 'sqs:SendMessage'],
  'cloudwatch.amazonaws.com': ['sns:Publish', 'sqs:SendMessage'],
  'delivery.logs.amazonaws.com': ['logs:PutLogEvents', 'logs:CreateLogGroup'],
};

test('a service may do in its own name what it is known to do, and nothing else', () => {
  for (const [service, [allowed, denied]] of Object.entries(services)) {
    const principal = servicePrincipal(account, service as ServicePrincipalName);
    assert.ok(may(principal, allowed) && !may(principal, denied), service);
  }
});

test('no list names an action twice, or by a pattern', () => {
  for (const list of [...Object.values(roleActions), ...Object.values(serviceActions)]) {
    assert.deepEqual([...new Set(list)], list);
    for (const action of list) assert.match(action, /^[a-z]+:[A-Z][A-Za-z]+$/);
  }
});
