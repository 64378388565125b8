import type { Scope } from '../../../core/arn.ts';
import { structuresOf, textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import {
  computeEnvironmentArn,
  findComputeEnvironment,
  findSchedulingPolicy,
  findServiceEnvironment,
  nameIn,
  serviceEnvironmentArn,
} from '../names.ts';
import { resourceTagConditions } from '../tags.ts';

/** What a queue is made of, as requests name it. */
interface QueueParts {
  readonly computeEnvironmentOrder?: unknown;
  readonly serviceEnvironmentOrder?: unknown;
  readonly schedulingPolicyArn?: unknown;
}

/** The environments and the policy that a queue is given, each with the condition keys of its tags. */
export function queuePartsAccess(input: Unvalidated<QueueParts>, scope: Scope, ledger: Ledger) {
  const environments = structuresOf(input.computeEnvironmentOrder).map(({ computeEnvironment }) => {
    const named = textOf(computeEnvironment) ?? '*';
    const tags = resourceTagConditions(findComputeEnvironment(ledger, scope, named)?.tags);
    return { resource: computeEnvironmentArn(scope, nameIn(named)) as string, tags };
  });
  // More than one is refused.
  const services = structuresOf(input.serviceEnvironmentOrder)
    .slice(0, 1)
    .map(({ serviceEnvironment }) => {
      const named = textOf(serviceEnvironment) ?? '*';
      const tags = resourceTagConditions(findServiceEnvironment(ledger, scope, named)?.tags);
      return { resource: serviceEnvironmentArn(scope, nameIn(named)) as string, tags };
    });
  const policy = textOf(input.schedulingPolicyArn);
  const policies = policy
    ? [{ resource: policy, tags: resourceTagConditions(findSchedulingPolicy(ledger, scope, policy)?.tags) }]
    : [];
  return [...environments, ...services, ...policies];
}
