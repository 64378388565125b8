import { type CommandNames, lateOperations, type ServiceDefinition } from '../../core/operation.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type IamOperationName = CommandNames<typeof import('@aws-sdk/client-iam')>;

/** AWS Identity and Access Management: policies can be tried. Stateless: nobody and nothing is stored yet. */
export function createIam(): ServiceDefinition<IamOperationName> {
  return {
    name: 'iam',
    apiVersion: '2010-05-08',
    protocol: {
      kind: 'awsQuery',
      xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      mapMembers: ['EvalDecisionDetails'],
    },
    errors: { validation: 'ValidationError', internal: 'ServiceFailure' },
    operations: {
      ...unbuiltOperations,
      ...lateOperations({
        reads: ['GetContextKeysForCustomPolicy', 'SimulateCustomPolicy'],
        load: async () => (await import('./operations/index.ts')).iamOperations,
      }),
    },
  };
}
