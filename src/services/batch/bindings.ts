import type { CommandNames, HttpBinding } from '../../core/operation.ts';

export type BatchOperationName = CommandNames<typeof import('@aws-sdk/client-batch')>;

const resourceTags = '/v1/tags/{resourceArn}';

/** `POST /v1/<name in lower case>`, as almost every operation is reached. */
function posted<Name extends string>(names: readonly Name[]): Record<Name, HttpBinding> {
  return Object.fromEntries(
    names.map((name) => [name, { method: 'POST', path: `/v1/${name.toLowerCase()}` }]),
  ) as Record<Name, HttpBinding>;
}

/** How each operation is reached. A test compares them with the SDK's own. */
export const batchBindings: Readonly<Record<BatchOperationName, HttpBinding>> = {
  ...posted([
    'CancelJob',
    'CancelJobs',
    'CreateComputeEnvironment',
    'CreateConsumableResource',
    'CreateJobQueue',
    'CreateQuotaShare',
    'CreateSchedulingPolicy',
    'CreateServiceEnvironment',
    'DeleteComputeEnvironment',
    'DeleteConsumableResource',
    'DeleteJobQueue',
    'DeleteQuotaShare',
    'DeleteSchedulingPolicy',
    'DeleteServiceEnvironment',
    'DeregisterJobDefinition',
    'DescribeComputeEnvironments',
    'DescribeConsumableResource',
    'DescribeJobDefinitions',
    'DescribeJobQueues',
    'DescribeJobs',
    'DescribeQuotaShare',
    'DescribeSchedulingPolicies',
    'DescribeServiceEnvironments',
    'DescribeServiceJob',
    'GetJobQueueSnapshot',
    'ListConsumableResources',
    'ListJobs',
    'ListJobsByConsumableResource',
    'ListQuotaShares',
    'ListSchedulingPolicies',
    'ListServiceJobs',
    'RegisterJobDefinition',
    'SubmitJob',
    'SubmitServiceJob',
    'TerminateJob',
    'TerminateJobs',
    'TerminateServiceJob',
    'TerminateServiceJobs',
    'UpdateComputeEnvironment',
    'UpdateConsumableResource',
    'UpdateJobQueue',
    'UpdateQuotaShare',
    'UpdateSchedulingPolicy',
    'UpdateServiceEnvironment',
    'UpdateServiceJob',
  ]),
  ListTagsForResource: { method: 'GET', path: resourceTags },
  TagResource: { method: 'POST', path: resourceTags },
  UntagResource: { method: 'DELETE', path: resourceTags, query: { tagKeys: { member: 'tagKeys', list: true } } },
};
