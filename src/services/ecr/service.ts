import { type CommandNames, lateOperations, type ServiceDefinition } from '../../core/operation.ts';
import type { EcrOptions } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type EcrOperationName = CommandNames<typeof import('@aws-sdk/client-ecr')>;

/** Amazon ECR: what of the account's registry is on this machine. Nothing is served to pull from, nothing can be pushed. */
export function createEcr(runtime: EcrOptions): ServiceDefinition<EcrOperationName> {
  return {
    name: 'ecr',
    apiVersion: '2015-09-21',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'AmazonEC2ContainerRegistry_V20150921' },
    errors: { validation: 'InvalidParameterException', internal: 'ServerException' },
    operations: {
      ...unbuiltOperations,
      ...lateOperations({
        reads: [
          'BatchCheckLayerAvailability',
          'BatchGetImage',
          'DescribeImages',
          'DescribeRepositories',
          'GetAuthorizationToken',
          'GetDownloadUrlForLayer',
          'ListImages',
        ],
        load: async () => (await import('./operations/index.ts')).ecrOperations(runtime),
      }),
    },
  };
}
