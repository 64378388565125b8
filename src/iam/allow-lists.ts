import type { RoleUse, ServicePrincipalName } from '../core/principal.ts';

/**
 * What roles are there for, and what services do in their own name, on any resource: all that a role may do which is not stored. The
 * list of a state machine's execution role, and of a role of EventBridge's targets or of a schedule, is not here: it comes with the session, from what is called.
 */
type FixedUse = Exclude<RoleUse['kind'], 'state-machine' | 'event-target' | 'schedule-target' | 'assumed'>;

export const roleActions: Readonly<Record<FixedUse, readonly string[]>> = {
  'task-execution': [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:GetAuthorizationToken',
    'ecr:GetDownloadUrlForLayer',
    'kms:Decrypt',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'secretsmanager:GetSecretValue',
    'ssm:GetParameters',
  ],
  job: [
    'batch:CancelJob',
    'batch:DescribeComputeEnvironments',
    'batch:DescribeJobDefinitions',
    'batch:DescribeJobQueues',
    'batch:DescribeJobs',
    'batch:ListJobs',
    'batch:SubmitJob',
    'batch:TagResource',
    'batch:TerminateJob',
    'ecs:DescribeClusters',
    'ecs:DescribeContainerInstances',
    'ecs:DescribeTasks',
    'ecs:ListClusters',
    'ecs:ListContainerInstances',
    'ecs:ListTasks',
    'logs:CreateLogStream',
    'logs:DescribeLogStreams',
    'logs:FilterLogEvents',
    'logs:GetLogEvents',
    'logs:PutLogEvents',
    'secretsmanager:BatchGetSecretValue',
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:ListSecrets',
    'sns:Publish',
    'ssm:DescribeParameters',
    'ssm:GetParameter',
    'ssm:GetParameterHistory',
    'ssm:GetParameters',
    'ssm:GetParametersByPath',
    'states:SendTaskFailure',
    'states:SendTaskHeartbeat',
    'states:SendTaskSuccess',
    'states:StartExecution',
    'states:StartSyncExecution',
    'sts:GetCallerIdentity',
  ],
};

export const serviceActions: Readonly<Record<ServicePrincipalName, readonly string[]>> = {
  'batch.amazonaws.com': ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogGroups', 'logs:PutLogEvents'],
  'states.amazonaws.com': ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
  'events.amazonaws.com': [
    'lambda:InvokeFunction',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sns:Publish',
    'sqs:SendMessage',
  ],
  'cloudtrail.amazonaws.com': ['sns:Publish'],
  // It uses the role of each schedule.
  'scheduler.amazonaws.com': [],
  'sns.amazonaws.com': ['lambda:InvokeFunction', 'sqs:SendMessage'],
  'lambda.amazonaws.com': ['sqs:SendMessage'],
  'ecs-tasks.amazonaws.com': [],
  'ec2.amazonaws.com': [],
  'cloudwatch.amazonaws.com': ['sns:Publish'],
  'logs.amazonaws.com': ['lambda:InvokeFunction'],
  'delivery.logs.amazonaws.com': ['logs:CreateLogStream', 'logs:PutLogEvents'],
};

/** What services deliver to things whose policy must allow it, where deliveries are strict: queues, topics, functions, log groups. */
export const deliveringServices: ReadonlySet<ServicePrincipalName> = new Set([
  'cloudtrail.amazonaws.com',
  'cloudwatch.amazonaws.com',
  'events.amazonaws.com',
  'lambda.amazonaws.com',
  'logs.amazonaws.com',
  'sns.amazonaws.com',
]);

/** Who uses a role, by what it is used for. */
export const usersOfRoles: Readonly<Record<Exclude<RoleUse['kind'], 'assumed'>, ServicePrincipalName>> = {
  'state-machine': 'states.amazonaws.com',
  'event-target': 'events.amazonaws.com',
  'schedule-target': 'scheduler.amazonaws.com',
  'task-execution': 'ecs-tasks.amazonaws.com',
  job: 'ecs-tasks.amazonaws.com',
};
