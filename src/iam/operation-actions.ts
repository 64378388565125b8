/**
 * The operations whose actions are not the one of their own name. An action after the first is asked only where the
 * request needs it (tags, a role that is handed over).
 */
const unlike: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'batch:CancelJobs': ['batch:CancelJob'],
  'batch:CreateComputeEnvironment': [
    'batch:CreateComputeEnvironment',
    'batch:SetCapacityTags',
    'batch:TagResource',
    'iam:PassRole',
  ],
  'batch:CreateConsumableResource': ['batch:CreateConsumableResource', 'batch:TagResource'],
  'batch:CreateJobQueue': ['batch:CreateJobQueue', 'batch:TagResource'],
  'batch:CreateQuotaShare': ['batch:CreateQuotaShare', 'batch:TagResource'],
  'batch:CreateSchedulingPolicy': ['batch:CreateSchedulingPolicy', 'batch:TagResource'],
  'batch:CreateServiceEnvironment': ['batch:CreateServiceEnvironment', 'batch:TagResource'],
  'batch:RegisterJobDefinition': ['batch:RegisterJobDefinition', 'batch:TagResource', 'iam:PassRole'],
  'batch:SubmitJob': ['batch:SubmitJob', 'batch:TagResource'],
  'batch:SubmitServiceJob': ['batch:SubmitServiceJob', 'batch:TagResource'],
  'batch:TerminateJobs': ['batch:TerminateJob'],
  'batch:TerminateServiceJobs': ['batch:TerminateServiceJob'],
  'batch:UpdateComputeEnvironment': ['batch:UpdateComputeEnvironment', 'batch:SetCapacityTags', 'iam:PassRole'],
  'batchyard:ExplainSubmission': ['batchyard:ExplainSubmission', 'batch:SubmitJob', 'batch:TagResource'],
  'batchyard:RedeemConsoleLink': ['batchyard:CreateConsoleSession'],
  'batchyard:RerunJob': ['batchyard:RerunJob', 'batch:SubmitJob', 'batch:TagResource'],
  'cloudtrail:CreateTrail': ['cloudtrail:CreateTrail', 'cloudtrail:AddTags'],
  'iam:AddRoleToInstanceProfile': ['iam:AddRoleToInstanceProfile', 'iam:PassRole'],
  'iam:CreateInstanceProfile': ['iam:CreateInstanceProfile', 'iam:TagInstanceProfile'],
  'iam:CreateOpenIDConnectProvider': ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
  'iam:CreatePolicy': ['iam:CreatePolicy', 'iam:TagPolicy'],
  'iam:CreateRole': ['iam:CreateRole', 'iam:TagRole'],
  'iam:CreateUser': ['iam:CreateUser', 'iam:TagUser'],
  'lambda:Invoke': ['lambda:InvokeFunction'],
  'logs:CreateLogGroup': ['logs:CreateLogGroup', 'logs:TagResource'],
  'scheduler:CreateSchedule': ['scheduler:CreateSchedule', 'iam:PassRole'],
  'scheduler:CreateScheduleGroup': ['scheduler:CreateScheduleGroup', 'scheduler:TagResource'],
  'scheduler:DeleteScheduleGroup': ['scheduler:DeleteScheduleGroup', 'scheduler:DeleteSchedule'],
  'scheduler:UpdateSchedule': ['scheduler:UpdateSchedule', 'iam:PassRole'],
  'secretsmanager:BatchGetSecretValue': [
    'secretsmanager:BatchGetSecretValue',
    'secretsmanager:ListSecrets',
    'secretsmanager:GetSecretValue',
  ],
  'sns:PublishBatch': ['sns:Publish'],
  'sqs:ChangeMessageVisibilityBatch': ['sqs:ChangeMessageVisibility'],
  'sqs:CreateQueue': ['sqs:CreateQueue', 'sqs:TagQueue'],
  'sqs:DeleteMessageBatch': ['sqs:DeleteMessage'],
  'sqs:SendMessageBatch': ['sqs:SendMessage'],
  'sqs:StartMessageMoveTask': [
    'sqs:StartMessageMoveTask',
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:SendMessage',
  ],
  'sts:AssumeRole': ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  'sts:AssumeRoleWithWebIdentity': ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
  'sts:GetFederationToken': ['sts:GetFederationToken', 'sts:TagSession'],
  'states:CreateActivity': ['states:CreateActivity', 'states:TagResource'],
  'states:CreateStateMachine': [
    'states:CreateStateMachine',
    'states:PublishStateMachineVersion',
    'states:TagResource',
    'iam:PassRole',
  ],
  'states:TestState': ['states:TestState', 'states:RevealSecrets', 'iam:PassRole'],
  'states:UpdateStateMachine': ['states:UpdateStateMachine', 'states:PublishStateMachineVersion', 'iam:PassRole'],
};

/** What actions begin with, where that is not the name in credential scopes. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** All actions that an operation may ask for; the first is the call itself. */
export function actionsOf(service: string, operation: string): readonly [string, ...string[]] {
  const action = `${prefixes[service] ?? service}:${operation}`;
  return (Object.hasOwn(unlike, action) ? unlike[action] : undefined) ?? [action];
}
