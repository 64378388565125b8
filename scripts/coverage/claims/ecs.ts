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
const registered = {
  supported: 'an instance is registered with what is said of it, and shown with its tags and what it has',
};
const deregistered = { supported: 'an instance is deregistered by id or ARN, and one with tasks only by force' };
const integers = { ignored: 'CPU and MEMORY are integers' };
const unsupported = (member: string) => ({
  refused: `InvalidParameterException: ${member} is not supported by this version of Batchyard.`,
});
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
    include: { ...registered, but: 'instances that are registered have tags, and none has health checks' },
  },
  DeregisterContainerInstance: { '*': deregistered },
  DescribeTasks: { '*': described },
  ListClusters: { '*': clusters },
  ListContainerInstances: {
    '*': instances,
    filter: { refused: 'InvalidParameterException: filter is not supported by this version of Batchyard.' },
  },
  RegisterContainerInstance: {
    '*': registered,
    totalResources: { ...registered, but: 'only `CPU` and `MEMORY`; without them what the machine has' },
    'totalResources[].doubleValue': integers,
    'totalResources[].longValue': integers,
    'totalResources[].stringSetValue': integers,
    attributes: unsupported('attributes'),
    containerInstanceArn: unsupported('containerInstanceArn'),
    instanceIdentityDocument: unsupported('instanceIdentityDocument'),
    instanceIdentityDocumentSignature: unsupported('instanceIdentityDocumentSignature'),
    versionInfo: unsupported('versionInfo'),
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
