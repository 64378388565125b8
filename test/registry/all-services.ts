import { after } from 'node:test';
import type { ServiceDefinition } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { Sessions } from '../../src/iam/index.ts';
import { openBench } from '../../src/services/batch/batch.fixture.ts';
import { CloudTrailBench } from '../../src/services/cloudtrail/cloudtrail.fixture.ts';
import { CloudWatchBench } from '../../src/services/cloudwatch/cloudwatch.fixture.ts';
import { Ec2Bench } from '../../src/services/ec2/ec2.fixture.ts';
import { createEc2 } from '../../src/services/ec2/index.ts';
import { createEcr } from '../../src/services/ecr/index.ts';
import { ecrOperations } from '../../src/services/ecr/operations/index.ts';
import { createEcs } from '../../src/services/ecs/index.ts';
import { ecsOperations } from '../../src/services/ecs/operations/index.ts';
import { EventsBench } from '../../src/services/events/events.fixture.ts';
import { IamBench } from '../../src/services/iam/iam.fixture.ts';
import { LambdaBench } from '../../src/services/lambda/lambda.fixture.ts';
import { LogsFixture } from '../../src/services/logs/logs-fixture.ts';
import { SchedulerBench } from '../../src/services/scheduler/scheduler.fixture.ts';
import { SecretsBench } from '../../src/services/secretsmanager/secrets.fixture.ts';
import { SnsBench } from '../../src/services/sns/sns.fixture.ts';
import { SsmBench } from '../../src/services/ssm/ssm.fixture.ts';
import { openBench as openStatesBench } from '../../src/services/states/states.fixture.ts';
import { createSts } from '../../src/services/sts/index.ts';

/** What is to be let go of. */
const open = new AsyncDisposableStack();
after(() => open.disposeAsync());

const logs = open.use(await LogsFixture.open());
const ecs: Parameters<typeof createEcs>[0] = {
  views: { clusters: () => [], instances: () => [], tasks: () => [], describe: async () => [] },
  registry: { register: () => ({ kind: 'inactive' }), deregister: () => ({ kind: 'unknown' }) },
};
const ecr = { images: () => [], random: new SystemRandom() };
const batch = (await openBench()).service;
const iam = open.use(await IamBench.open());
const cloudTrail = open.use(await CloudTrailBench.open());
const cloudWatch = open.use(await CloudWatchBench.open());

/** Every service, each with operations of a bench of its own. */
export const services: readonly ServiceDefinition[] = [
  batch.definition,
  batch.batchyard,
  logs.service.definition,
  cloudWatch.service.definition,
  (await openStatesBench()).service.definition,
  (await SnsBench.open()).service.definition,
  (await SecretsBench.open()).service,
  (await SsmBench.open()).service,
  (await EventsBench.open()).service.definition,
  (await SchedulerBench.open()).service,
  { ...iam.service.definition, operations: await iam.operations() },
  cloudTrail.service,
  (await LambdaBench.open()).service.definition,
  createSts({ sessions: new Sessions('no secret', new SystemRandom()) }),
  { ...createEcs(ecs), operations: { ...ecsOperations(ecs) } },
  (await Ec2Bench.open()).service,
  { ...createEcr(ecr), operations: { ...ecrOperations(ecr) } },
];

/** Those whose operations are read when they are called first. */
export const lateServices = [createEcs(ecs), createEc2({} as never), createEcr(ecr), iam.service.definition];
