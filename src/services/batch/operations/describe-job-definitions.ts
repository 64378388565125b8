import type {
  ContainerProperties,
  DescribeJobDefinitionsCommandInput,
  DescribeJobDefinitionsCommandOutput,
  EcsProperties,
  JobDefinition,
  NodeProperties,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { type RegisteredRequest, registeredRequest } from '../definition/compile.ts';
import { taskWithEmptyLists, withEmptyLists } from '../definition/container-detail.ts';
import { podWithEmptyLists } from '../definition/pod-detail.ts';
import { parseDefinitionReference } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { pageFrom } from '../page.ts';
import { type JobDefinitionRecord, jobDefinitionOrder, jobDefinitionRecords, nameAndStatus } from '../records.ts';
import { demand } from '../refusals.ts';
import { paging, strings } from '../schema-members.ts';

const schema = z.object({
  jobDefinitions: strings.optional(),
  jobDefinitionName: z.string().optional(),
  status: z.string().optional(),
  ...paging,
});

/** Describes definitions by `name:revision` or ARN, or by name and status, a page at a time. Unknown ones are left out. */
export const describeJobDefinitions = batchOperation<
  DescribeJobDefinitionsCommandInput,
  DescribeJobDefinitionsCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeJobDefinitions'),
  handler: ({ ledger, quotas }, input, context) => {
    const { jobDefinitions = [], jobDefinitionName, status } = input;
    const wanted = (record: JobDefinitionRecord): boolean =>
      (jobDefinitionName === undefined || record.name === jobDefinitionName) &&
      (status === undefined || record.status === status);
    if (jobDefinitions.length > 0) {
      // The words: k1LoW/awspec issue 563; the second is worded after DescribeJobs.
      demand(input.maxResults === undefined, 'JobDefinitions and MaxResults cannot both be set');
      const limit = quotas.describedPerCall;
      demand(jobDefinitions.length <= limit, `Maximum number of JobDefinitions supported is ${limit}`);
      const found = new Set(jobDefinitions.flatMap((reference) => find(ledger, context, reference)));
      return { jobDefinitions: [...found].filter(wanted).map(jobDefinitionView), nextToken: undefined };
    }
    const listed = (after: string | undefined) => from(ledger, context, input, after);
    const page = pageFrom('JobDefinitions', listed, jobDefinitionOrder, input);
    return { jobDefinitions: page.items.map(jobDefinitionView), nextToken: page.nextToken };
  },
});

/** One revision. A name, or an ARN, without one finds nothing on AWS (boto/boto3 issue 2908, aws/aws-sdk issue 94). */
function find(ledger: Ledger, scope: Scope, text: string): readonly JobDefinitionRecord[] {
  const reference = parseDefinitionReference(scope, text);
  if (reference?.revision === undefined) return [];
  const record = ledger.get(jobDefinitionRecords, scope, `${reference.name}:${reference.revision}`);
  return record ? [record] : [];
}

/** The list of just what is asked for: a page walks no further than it is long. */
function from(
  ledger: Ledger,
  scope: Scope,
  { jobDefinitionName: name, status }: DescribeJobDefinitionsCommandInput,
  after: string | undefined,
): IteratorObject<JobDefinitionRecord> {
  if (name !== undefined && status !== undefined) {
    return ledger.by(jobDefinitionRecords, scope, 'nameAndStatus', { value: nameAndStatus({ name, status }), after });
  }
  if (name !== undefined) return ledger.by(jobDefinitionRecords, scope, 'name', { value: name, after });
  if (status !== undefined) return ledger.by(jobDefinitionRecords, scope, 'status', { value: status, after });
  return ledger.by(jobDefinitionRecords, scope, 'listed', { after });
}

/** A definition as it was given, and what registering it added. */
function jobDefinitionView(record: JobDefinitionRecord): JobDefinition {
  const request = registeredRequest(record);
  return {
    ...request,
    jobDefinitionName: record.name,
    jobDefinitionArn: record.arn,
    revision: record.revision,
    status: record.status,
    parameters: request.parameters ?? {},
    tags: record.tags,
    containerOrchestrationType: isOfPods(request) ? 'EKS' : 'ECS',
    // As of jobs, and of definitions that others read on AWS: the list is there, empty or not.
    ...(request.retryStrategy ? { retryStrategy: { evaluateOnExit: [], ...request.retryStrategy } } : {}),
    ...(request.containerProperties ? { containerProperties: containerView(request) } : {}),
    ...(request.eksProperties ? { eksProperties: podWithEmptyLists(request.eksProperties) } : {}),
    ...(request.ecsProperties ? { ecsProperties: taskView(request) } : {}),
    ...(request.nodeProperties ? { nodeProperties: nodesView(request.nodeProperties) } : {}),
  };
}

function isOfPods({ eksProperties, nodeProperties }: RegisteredRequest): boolean {
  const ranges = nodeProperties?.nodeRangeProperties ?? [];
  return eksProperties !== undefined || ranges.some((range) => range.eksProperties);
}

function nodesView({ nodeRangeProperties = [], ...rest }: NodeProperties): NodeProperties {
  const ranges = nodeRangeProperties.map(({ container, ecsProperties, eksProperties, ...range }) => ({
    ...range,
    ...(container && { container: withEmptyLists(container) }),
    ...(eksProperties && { eksProperties: podWithEmptyLists(eksProperties) }),
    ...(ecsProperties && {
      ecsProperties: { taskProperties: (ecsProperties.taskProperties ?? []).map(taskWithEmptyLists) },
    }),
  }));
  return { ...rest, nodeRangeProperties: ranges };
}

function taskView({ ecsProperties, platformCapabilities = [] }: RegisteredRequest): EcsProperties {
  const version = platformCapabilities.includes('FARGATE') ? { platformVersion: 'LATEST' } : {};
  const tasks = ecsProperties?.taskProperties ?? [];
  return { taskProperties: tasks.map((task) => ({ ...version, ...taskWithEmptyLists(task) })) };
}

/** Of Fargate with the platform version that is used where none was given (hashicorp/terraform-provider-aws pull request 19207). */
function containerView({
  containerProperties = {},
  platformCapabilities = [],
}: RegisteredRequest): ContainerProperties {
  const shown = withEmptyLists(containerProperties);
  if (!platformCapabilities.includes('FARGATE')) return shown;
  return {
    ...shown,
    fargatePlatformConfiguration: { platformVersion: 'LATEST', ...shown.fargatePlatformConfiguration },
  };
}
