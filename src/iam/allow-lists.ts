import type { Principal, RoleUse, ServicePrincipalName } from '../core/principal.ts';

/**
 * What roles and services may do until there are policies: fixed lists of actions, on any resource. The list of a state
 * machine's execution role, and of a role of EventBridge's targets, is not here: it comes with the session, from what is called.
 */
type FixedUse = Exclude<RoleUse['kind'], 'state-machine' | 'event-target'>;

export const roleActions: Readonly<Record<FixedUse, readonly string[]>> = {
  assumed: [],
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
  'events.amazonaws.com': ['logs:CreateLogStream', 'logs:PutLogEvents', 'sns:Publish', 'sqs:SendMessage'],
  'delivery.logs.amazonaws.com': ['logs:CreateLogStream', 'logs:PutLogEvents'],
};

/** The actions that a principal may call; everything, for the root user. */
export function allowedActions(principal: Principal): 'everything' | readonly string[] {
  switch (principal.kind) {
    case 'root':
      return 'everything';
    case 'role-session':
      return 'actions' in principal.use ? principal.use.actions : roleActions[principal.use.kind];
    case 'service':
      return serviceActions[principal.service];
    case 'user':
    case 'account':
    case 'anonymous':
      return [];
  }
}
