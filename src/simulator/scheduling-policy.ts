import { z } from 'zod';
import { type FairSharePolicy, policyProblem } from '../scheduler/index.ts';
import { parseNamed, SimulationError } from './workload.ts';

const fairsharePolicy = z.object({
  shareDecaySeconds: z.number().optional(),
  computeReservation: z.number().optional(),
  shareDistribution: z.array(z.object({ shareIdentifier: z.string(), weightFactor: z.number().optional() })).optional(),
});

/** As in CreateSchedulingPolicy and DescribeSchedulingPolicies. */
export const schedulingPolicySchema = z.object({
  name: z.string().min(1).max(128),
  fairsharePolicy: fairsharePolicy.optional(),
  quotaSharePolicy: z.unknown().optional(),
});

/** A scheduling policy as a file says it. */
export type SchedulingPolicy = z.infer<typeof schedulingPolicySchema>;

/** A fair share policy, and what it is called. */
export interface NamedPolicy {
  readonly name: string;
  readonly fairShare: FairSharePolicy;
}

/** What a policy says of shares. Throws `SimulationError` for one that there cannot be, or that is for service jobs. */
export function namedPolicy({
  name,
  fairsharePolicy: fairShare = {},
  quotaSharePolicy,
}: SchedulingPolicy): NamedPolicy {
  if (quotaSharePolicy !== undefined)
    throw new SimulationError(`scheduling policy ${name} is one of service jobs, which cannot be simulated`);
  const problem = policyProblem(fairShare);
  if (problem !== undefined) throw new SimulationError(`scheduling policy ${name}: ${problem}`);
  return { name, fairShare };
}

const policyFile = z.union([
  schedulingPolicySchema.partial({ name: true }),
  z.object({ schedulingPolicies: z.array(schedulingPolicySchema).length(1) }),
]);

/**
 * The policy of a file: what CreateSchedulingPolicy takes, or DescribeSchedulingPolicies answers of one; called after the file unless it
 * has a name. Throws `SimulationError`.
 */
export function parsePolicy(text: string, file: string): NamedPolicy {
  return parseNamed(`policy ${file}`, () => {
    const { success, data, error } = policyFile.safeParse(JSON.parse(text));
    if (!success) throw new SimulationError(error.issues[0]?.message ?? 'makes no sense');
    const [policy] = 'schedulingPolicies' in data ? data.schedulingPolicies : [data];
    if (!policy || (policy.fairsharePolicy === undefined && policy.quotaSharePolicy === undefined))
      throw new SimulationError('there is no fairsharePolicy in it');
    return namedPolicy({ ...policy, name: policy.name ?? file });
  });
}
