import type {
  ComputeEnvironmentDetail,
  ComputeResource,
  DescribeComputeEnvironmentsCommandInput,
  DescribeComputeEnvironmentsCommandOutput,
  EcsSettings,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import { findComputeEnvironment } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { describedItems } from '../page.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords } from '../records.ts';
import { withTrueSize } from '../resources/fleet.ts';
import { paging, strings } from '../schema-members.ts';

/** Describes compute environments by name or ARN, or all of them, a page at a time. Unknown ones are left out. */
export const describeComputeEnvironments = batchOperation<
  DescribeComputeEnvironmentsCommandInput,
  DescribeComputeEnvironmentsCommandOutput
>()({
  schema: z.object({ computeEnvironments: strings.optional(), ...paging }),
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeComputeEnvironments'),
  handler: ({ ledger, quotas, yard }, input, context) => {
    const page = describedItems<ComputeEnvironmentRecord>({
      kind: 'ComputeEnvironments',
      references: input.computeEnvironments,
      limit: quotas.describedPerCall,
      request: input,
      find: (reference) => findComputeEnvironment(ledger, context, reference),
      all: () => ledger.list(computeEnvironmentRecords, context),
      keyOf: ({ name }) => name,
    });
    return {
      computeEnvironments: page.items.map((record) => computeEnvironmentDetail(withTrueSize(record, { ledger, yard }))),
      nextToken: page.nextToken,
    };
  },
});

function computeEnvironmentDetail(record: ComputeEnvironmentRecord): ComputeEnvironmentDetail {
  return {
    computeEnvironmentName: record.name,
    computeEnvironmentArn: record.arn,
    unmanagedvCpus: record.unmanagedvCpus,
    tags: record.tags,
    type: record.kind,
    state: record.state,
    status: record.status,
    statusReason: record.statusReason,
    computeResources: record.computeResources as ComputeResource | undefined,
    serviceRole: record.serviceRole,
    updatePolicy: record.updatePolicy,
    ecsSettings: record.ecsSettings as EcsSettings | undefined,
    ...orchestration(record),
    uuid: record.uuid,
    context: record.context,
  };
}

/** Where its jobs run: in a cluster of its own, or in one of Kubernetes. */
function orchestration({ kubernetes, ecsClusterArn }: ComputeEnvironmentRecord): Partial<ComputeEnvironmentDetail> {
  if (!kubernetes) return { containerOrchestrationType: 'ECS', ecsClusterArn };
  const { clusterArn, namespace } = kubernetes;
  return {
    containerOrchestrationType: 'EKS',
    eksConfiguration: { eksClusterArn: clusterArn, kubernetesNamespace: namespace },
  };
}
