import * as batchSdk from '@aws-sdk/client-batch';
import * as cloudTrailSdk from '@aws-sdk/client-cloudtrail';
import * as cloudWatchSdk from '@aws-sdk/client-cloudwatch';
import * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import * as ecrSdk from '@aws-sdk/client-ecr';
import * as ecsSdk from '@aws-sdk/client-ecs';
import * as eventsSdk from '@aws-sdk/client-eventbridge';
import * as iamSdk from '@aws-sdk/client-iam';
import * as lambdaSdk from '@aws-sdk/client-lambda';
import * as schedulerSdk from '@aws-sdk/client-scheduler';
import * as secretsSdk from '@aws-sdk/client-secrets-manager';
import * as statesSdk from '@aws-sdk/client-sfn';
import * as snsSdk from '@aws-sdk/client-sns';
import * as sqsSdk from '@aws-sdk/client-sqs';
import * as ssmSdk from '@aws-sdk/client-ssm';
import * as stsSdk from '@aws-sdk/client-sts';
import type { InstanceRegistry } from '../../src/core/instance-registry.ts';
import type { ServiceDefinition } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import type { TaskViews } from '../../src/core/task-view.ts';
import { Sessions } from '../../src/iam/index.ts';
import { openBench } from '../../src/services/batch/batch.fixture.ts';
import { CloudTrailBench } from '../../src/services/cloudtrail/cloudtrail.fixture.ts';
import { CloudWatchBench } from '../../src/services/cloudwatch/cloudwatch.fixture.ts';
import { Ec2Bench } from '../../src/services/ec2/ec2.fixture.ts';
import { createEcr } from '../../src/services/ecr/index.ts';
import { createEcs } from '../../src/services/ecs/index.ts';
import { EventsBench } from '../../src/services/events/events.fixture.ts';
import { IamBench } from '../../src/services/iam/iam.fixture.ts';
import { LambdaBench } from '../../src/services/lambda/lambda.fixture.ts';
import { LogsFixture } from '../../src/services/logs/logs-fixture.ts';
import { SchedulerBench } from '../../src/services/scheduler/scheduler.fixture.ts';
import { SecretsBench } from '../../src/services/secretsmanager/secrets.fixture.ts';
import { SqsBench } from '../../src/services/sqs/sqs.fixture.ts';
import { SsmBench } from '../../src/services/ssm/ssm.fixture.ts';
import { openBench as openStatesBench } from '../../src/services/states/states.fixture.ts';
import { createSts } from '../../src/services/sts/index.ts';
import { batchClaims } from './claims/batch.ts';
import { cloudTrailClaims } from './claims/cloudtrail.ts';
import { cloudWatchClaims } from './claims/cloudwatch.ts';
import { ec2Claims } from './claims/ec2.ts';
import { ecrClaims } from './claims/ecr.ts';
import { ecsClaims } from './claims/ecs.ts';
import { eventsClaims } from './claims/events.ts';
import { iamClaims } from './claims/iam.ts';
import { lambdaClaims } from './claims/lambda.ts';
import { logsClaims } from './claims/logs.ts';
import { schedulerClaims } from './claims/scheduler.ts';
import { secretsManagerClaims } from './claims/secretsmanager.ts';
import { snsClaims } from './claims/sns.ts';
import { sqsClaims } from './claims/sqs.ts';
import { ssmClaims } from './claims/ssm.ts';
import { statesClaims } from './claims/states.ts';
import { stsClaims } from './claims/sts.ts';
import type { ServiceClaims } from './claims.ts';
import { snsDefinition } from './sns-definition.ts';

/** A service that the coverage page tells of. */
export interface ClaimedService {
  readonly title: string;
  /** As in credential scopes. */
  readonly name: string;
  /** The SDK package, whose run-time schemas list operations and fields. */
  readonly sdk: object;
  readonly claims: ServiceClaims<string>;
}

export const claimedServices: readonly ClaimedService[] = [
  { title: 'AWS Batch', name: 'batch', sdk: batchSdk, claims: batchClaims },
  { title: 'CloudWatch Logs', name: 'logs', sdk: logsSdk, claims: logsClaims },
  { title: 'CloudWatch', name: 'monitoring', sdk: cloudWatchSdk, claims: cloudWatchClaims },
  { title: 'Step Functions', name: 'states', sdk: statesSdk, claims: statesClaims },
  { title: 'Simple Notification Service', name: 'sns', sdk: snsSdk, claims: snsClaims },
  { title: 'Simple Queue Service', name: 'sqs', sdk: sqsSdk, claims: sqsClaims },
  { title: 'Secrets Manager', name: 'secretsmanager', sdk: secretsSdk, claims: secretsManagerClaims },
  { title: 'Systems Manager (Parameter Store)', name: 'ssm', sdk: ssmSdk, claims: ssmClaims },
  { title: 'EventBridge', name: 'events', sdk: eventsSdk, claims: eventsClaims },
  { title: 'EventBridge Scheduler', name: 'scheduler', sdk: schedulerSdk, claims: schedulerClaims },
  { title: 'Identity and Access Management', name: 'iam', sdk: iamSdk, claims: iamClaims },
  { title: 'Security Token Service', name: 'sts', sdk: stsSdk, claims: stsClaims },
  { title: 'CloudTrail', name: 'cloudtrail', sdk: cloudTrailSdk, claims: cloudTrailClaims },
  { title: 'Lambda', name: 'lambda', sdk: lambdaSdk, claims: lambdaClaims },
  { title: 'Elastic Container Service', name: 'ecs', sdk: ecsSdk, claims: ecsClaims },
  { title: 'Elastic Compute Cloud', name: 'ec2', sdk: ec2Sdk, claims: ec2Claims },
  { title: 'Elastic Container Registry', name: 'ecr', sdk: ecrSdk, claims: ecrClaims },
];

/** What the registry has not built, by the name of the service. Builds the services as a server does, starts nothing. */
export async function unbuiltOperations(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { service: batch, store } = await openBench();
  await using logs = await LogsFixture.open();
  await using cloudWatch = await CloudWatchBench.open();
  await using secrets = await SecretsBench.open();
  await using sqs = await SqsBench.open();
  await using ssm = await SsmBench.open();
  await using ec2 = await Ec2Bench.open();
  await using iam = await IamBench.open();
  await using cloudTrail = await CloudTrailBench.open();
  const states = await openStatesBench();
  const sts = createSts({ sessions: new Sessions('no secret', new SystemRandom()) });
  const definitions: readonly ServiceDefinition[] = [
    batch.definition,
    logs.service.definition,
    cloudWatch.service.definition,
    states.service.definition,
    await snsDefinition(),
    secrets.service,
    sqs.service.definition,
    ssm.service,
    (await EventsBench.open()).service.definition,
    (await SchedulerBench.open()).service,
    iam.service.definition,
    cloudTrail.service,
    (await LambdaBench.open()).service.definition,
    sts,
    createEcs({ views: noViews, registry: noRegistry }),
    ec2.service,
    createEcr({ images: () => [], random: new SystemRandom() }),
  ];
  const unbuilt = definitions.map(({ name, operations }) => [name, new Set(unbuiltNames(operations))] as const);
  await Promise.all([store.close(), states.store.close()]);
  return new Map(unbuilt);
}

const noRegistry: InstanceRegistry = {
  register: () => ({ kind: 'inactive' }),
  deregister: () => ({ kind: 'unknown' }),
};

const noViews: TaskViews = {
  clusters: () => [],
  instances: () => [],
  tasks: () => [],
  describe: async () => [],
};

function unbuiltNames(operations: ServiceDefinition['operations']): readonly string[] {
  return Object.entries(operations).flatMap(([name, { kind }]) => (kind === 'unbuilt' ? [name] : []));
}
