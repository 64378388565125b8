import type {
  DescribeServiceEnvironmentsCommandInput,
  DescribeServiceEnvironmentsCommandOutput,
  ServiceEnvironmentDetail,
  ServiceEnvironmentType,
} from '@aws-sdk/client-batch';
import { findServiceEnvironment } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { describedItems } from '../page.ts';
import { type ServiceEnvironmentRecord, serviceEnvironmentRecords } from '../records.ts';
import { describeServiceEnvironments as schema } from '../schemas/service-environment.ts';

/** Describes service environments by name or ARN, or all of them, a page at a time. Unknown ones are left out. */
export const describeServiceEnvironments = batchOperation<
  DescribeServiceEnvironmentsCommandInput,
  DescribeServiceEnvironmentsCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeServiceEnvironments'),
  handler: ({ ledger, quotas }, input, context) => {
    const page = describedItems<ServiceEnvironmentRecord>({
      kind: 'ServiceEnvironments',
      references: input.serviceEnvironments,
      limit: quotas.describedPerCall,
      request: input,
      find: (reference) => findServiceEnvironment(ledger, context, reference),
      all: () => ledger.list(serviceEnvironmentRecords, context),
      keyOf: ({ name }) => name,
    });
    return { serviceEnvironments: page.items.map(detail), nextToken: page.nextToken };
  },
});

function detail({ name, arn, type, state, capacityLimits, tags }: ServiceEnvironmentRecord): ServiceEnvironmentDetail {
  return {
    serviceEnvironmentName: name,
    serviceEnvironmentArn: arn,
    serviceEnvironmentType: type as ServiceEnvironmentType,
    state,
    status: 'VALID',
    capacityLimits: [...capacityLimits],
    tags,
  };
}
