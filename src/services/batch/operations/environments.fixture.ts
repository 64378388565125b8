import assert from 'node:assert/strict';
import { type Bench, smallEnvironment } from '../batch.fixture.ts';

export type Environment = Record<string, unknown> & { readonly computeResources: Record<string, unknown> };

/** What DescribeComputeEnvironments shows of an environment, as a client reads it: without what is absent. */
export async function described({ call }: Bench, name: string): Promise<Environment> {
  const answer = await call<{ computeEnvironments: Environment[] }>('DescribeComputeEnvironments', {
    computeEnvironments: [name],
  });
  return JSON.parse(JSON.stringify(answer.computeEnvironments[0] ?? assert.fail(`there is no environment ${name}`)));
}

/** `smallEnvironment` with other resources. */
export const managed = (change: object) => ({
  ...smallEnvironment,
  computeResources: { ...smallEnvironment.computeResources, ...change },
});

/** One whose instances AWS would replace: it has the service-linked role and no `BEST_FIT`. */
export const replaceable = managed({
  allocationStrategy: 'BEST_FIT_PROGRESSIVE',
  instanceTypes: ['c5'],
  subnets: ['subnet-1'],
  securityGroupIds: ['sg-1'],
});

/** One whose jobs are pods. */
export const kubernetes = {
  ...managed({ allocationStrategy: 'BEST_FIT_PROGRESSIVE', minvCpus: 0 }),
  computeEnvironmentName: 'k',
  eksConfiguration: {
    eksClusterArn: 'arn:aws:eks:us-east-1:123456789012:cluster/mine',
    kubernetesNamespace: 'batch',
  },
};
