import { type CommandNames, lateOperations, type ServiceDefinition } from '../../core/operation.ts';
import type { EcsRuntime } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type EcsOperationName = CommandNames<typeof import('@aws-sdk/client-ecs')>;

/** Amazon ECS as Batch uses it: what clients look up below a job, and how instances come into clusters that launch none. */
export function createEcs(runtime: EcsRuntime): ServiceDefinition<EcsOperationName> {
  return {
    name: 'ecs',
    apiVersion: '2014-11-13',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'AmazonEC2ContainerServiceV20141113' },
    errors: { validation: 'InvalidParameterException', internal: 'ServerException' },
    operations: {
      ...unbuiltOperations,
      ...lateOperations({
        reads: [
          'DescribeClusters',
          'DescribeContainerInstances',
          'DescribeTasks',
          'ListClusters',
          'ListContainerInstances',
          'ListTasks',
        ],
        changes: ['DeregisterContainerInstance', 'RegisterContainerInstance'],
        load: async () => (await import('./operations/index.ts')).ecsOperations(runtime),
      }),
    },
  };
}
