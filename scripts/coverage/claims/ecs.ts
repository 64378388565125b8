import type { EcsOperationName } from '../../../src/services/ecs/index.ts';
import { unbuiltOperations } from '../../../src/services/ecs/unbuilt-operations.ts';
import type { ServiceClaims } from '../claims.ts';

const clusters = {
  supported: 'compute environments are clusters, found by name or ARN, counted, and missing ones are named',
};
const tasks = { supported: 'tasks are listed by cluster, state, family, instance and launch type' };
const pages = { supported: 'pages of tasks hold while others end' };
const described = { supported: 'what DescribeJobs says of a task leads to the same task, cluster and instance of ECS' };
const instances = {
  supported: 'the machine of a cluster is a container instance, less what tasks of all clusters hold',
};
const noServices = { refused: 'ServiceNotFoundException: Service not found.' };

type Unbuilt = { readonly [Name in keyof typeof unbuiltOperations]: 'unbuilt' };

export const ecsClaims = {
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as Unbuilt),
  DescribeClusters: {
    '*': clusters,
    include: { ...clusters, but: 'of attachments and configurations there are none' },
  },
  DescribeContainerInstances: {
    '*': instances,
    include: { ignored: 'instances have neither tags nor health checks' },
  },
  DescribeTasks: { '*': described },
  ListClusters: { '*': clusters },
  ListContainerInstances: {
    '*': instances,
    filter: { refused: 'InvalidParameterException: filter is not supported by this version of Batchyard.' },
  },
  ListTasks: {
    '*': tasks,
    maxResults: pages,
    nextToken: pages,
    startedBy: { ...tasks, but: 'no task of a job has one' },
    serviceName: noServices,
    daemonName: noServices,
  },
} satisfies ServiceClaims<EcsOperationName>;
