import type { ContainerDetail } from '@aws-sdk/client-batch';
import type { JobSpecification } from '../../store/index.ts';

/** The one container of a job that has one, after overrides and parameter substitution, as DescribeJobs shows it. */
export function containerDetailOf({ nodes }: JobSpecification): ContainerDetail {
  return (nodes[0]?.containers[0]?.detail ?? {}) as ContainerDetail;
}
