import { parseArn } from '../core/arn.ts';

/** CloudFormation's names of what ARNs name, by service and the first word of the ARN's resource. */
const types: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  batch: {
    'compute-environment': 'AWS::Batch::ComputeEnvironment',
    'consumable-resource': 'AWS::Batch::ConsumableResource',
    job: 'AWS::Batch::Job',
    'job-definition': 'AWS::Batch::JobDefinition',
    'job-queue': 'AWS::Batch::JobQueue',
    'scheduling-policy': 'AWS::Batch::SchedulingPolicy',
    'service-environment': 'AWS::Batch::ServiceEnvironment',
  },
  cloudtrail: { trail: 'AWS::CloudTrail::Trail' },
  ec2: {
    instance: 'AWS::EC2::Instance',
    'launch-template': 'AWS::EC2::LaunchTemplate',
    subnet: 'AWS::EC2::Subnet',
    vpc: 'AWS::EC2::VPC',
  },
  ecr: { repository: 'AWS::ECR::Repository' },
  ecs: { cluster: 'AWS::ECS::Cluster', 'container-instance': 'AWS::ECS::ContainerInstance', task: 'AWS::ECS::Task' },
  events: { 'event-bus': 'AWS::Events::EventBus', rule: 'AWS::Events::Rule' },
  iam: {
    group: 'AWS::IAM::Group',
    'instance-profile': 'AWS::IAM::InstanceProfile',
    policy: 'AWS::IAM::Policy',
    role: 'AWS::IAM::Role',
    user: 'AWS::IAM::User',
  },
  logs: { 'log-group': 'AWS::Logs::LogGroup' },
  secretsmanager: { secret: 'AWS::SecretsManager::Secret' },
  sns: { '': 'AWS::SNS::Topic' },
  sqs: { '': 'AWS::SQS::Queue' },
  ssm: { parameter: 'AWS::SSM::Parameter' },
  states: {
    activity: 'AWS::StepFunctions::Activity',
    execution: 'AWS::StepFunctions::Execution',
    stateMachine: 'AWS::StepFunctions::StateMachine',
  },
};

/** What kind of resource an ARN names; undefined if there is no word for it. */
export function resourceTypeOf(arn: string): string | undefined {
  const parts = parseArn(arn);
  const ofService = parts && Object.hasOwn(types, parts.service) ? types[parts.service] : undefined;
  if (!parts || !ofService) return undefined;
  const word = /^[^:/]*/.exec(parts.resource)?.[0] ?? '';
  return Object.hasOwn(ofService, word) ? ofService[word] : ofService[''];
}
