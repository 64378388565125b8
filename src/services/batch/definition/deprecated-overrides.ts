import type { JobSpecification } from '../../../core/job-specification.ts';
import { nodeSpecification } from '../../../core/node-specification.ts';
import type { Requirement } from './resources.ts';
import type { ContainerOverrides } from './schema.ts';

/** What AWS's console says of such a job. */
const warning =
  "This value was submitted in a deprecated key and may conflict with the value provided by the job definition's resource requirements.";
const newerForm = { vcpus: 'VCPU', memory: 'MEMORY' } as const satisfies Record<string, Requirement['type']>;

/** What a submission said in the older integers that is without effect, because `resourceRequirements` say it too. */
export function deprecatedOverrides(specification: JobSpecification): readonly string[] {
  const given = (specification.request.containerOverrides ?? {}) as ContainerOverrides;
  const list = nodeSpecification(specification)?.containers[0]?.resources.list ?? [];
  return (['vcpus', 'memory'] as const)
    .filter((key) => given[key] !== undefined && list.some(({ type }) => type === newerForm[key]))
    .map((key) => `containerOverrides.${key}: ${warning}`);
}
