import type { CommandNames, ServiceDefinition } from '../../core/operation.ts';
import { lookupEvents } from './operations/lookup-events.ts';
import type { CloudTrailRuntime } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type CloudTrailOperationName = CommandNames<typeof import('@aws-sdk/client-cloudtrail')>;

/** AWS CloudTrail: the history of calls. */
export function createCloudTrail(runtime: CloudTrailRuntime): ServiceDefinition<CloudTrailOperationName> {
  return {
    name: 'cloudtrail',
    apiVersion: '2013-11-01',
    protocol: {
      kind: 'awsJson1.1',
      targetPrefix: 'CloudTrail_20131101',
      // What botocore sends.
      otherPrefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
    },
    errors: { validation: 'InvalidParameterException', internal: 'InternalFailure' },
    operations: { ...unbuiltOperations, LookupEvents: lookupEvents(runtime) },
  };
}
