import type {
  DescribeSchedulingPoliciesCommandOutput,
  ListSchedulingPoliciesCommandOutput,
  SchedulingPolicyDetail,
} from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

export type SchedulingPolicy = Wire<SchedulingPolicyDetail>;

/** A page of the policies' ARNs. */
function usePolicyArns(nextToken: string | undefined) {
  const input = { maxResults: 50, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'batch', operation: 'ListSchedulingPolicies', input } as const;
  return useCall<Wire<ListSchedulingPoliciesCommandOutput>>(call);
}

/** A page of policies, each as it is. */
export function usePolicies(nextToken: string | undefined) {
  const { data: list, error: refused, isPending: lists } = usePolicyArns(nextToken);
  const arns = (list?.schedulingPolicies ?? []).flatMap(({ arn }) => arn ?? []);
  const { data, error, isPending } = useDescribed(arns);
  return {
    policies: arns.length === 0 ? [] : (data?.schedulingPolicies ?? []),
    nextToken: list?.nextToken,
    error: refused ?? error,
    isPending: lists || (arns.length > 0 && isPending),
  };
}

function useDescribed(arns: readonly string[]) {
  const call = { service: 'batch', operation: 'DescribeSchedulingPolicies', input: { arns } } as const;
  return useCall<Wire<DescribeSchedulingPoliciesCommandOutput>>(call, { enabled: arns.length > 0 });
}

/** The policy of a name, which is found among the ARNs of all: no call takes the name. */
export function usePolicy(name: string) {
  const { data: list, error: refused, isPending: lists } = usePolicyArns(undefined);
  const arn = list?.schedulingPolicies?.find((one) => one.arn?.endsWith(`:scheduling-policy/${name}`))?.arn;
  const { data, error, isPending } = useDescribed(arn === undefined ? [] : [arn]);
  const policy = data?.schedulingPolicies?.find((one) => one.arn === arn);
  return { policy, error: refused ?? error, isPending: lists || (arn !== undefined && isPending) };
}
