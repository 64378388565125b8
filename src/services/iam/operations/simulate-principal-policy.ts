import { textOf } from '../../../core/unvalidated.ts';
import { readInputPolicies } from '../input-policies.ts';
import { type IamCall, iamOperation } from '../operation.ts';
import { findPrincipal, type SourcePrincipal } from '../policy-source.ts';
import { noSuchEntity } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { readSimulation, simulationMembers, simulationPage } from '../simulation-input.ts';

const resource = (input: { readonly PolicySourceArn?: unknown }) => textOf(input.PolicySourceArn) ?? '*';

function demandPrincipal({ ledger, policies, account }: IamCall, arn: string): SourcePrincipal {
  const found = findPrincipal(ledger, policies, account, arn);
  if (!found) throw noSuchEntity(`The entity with ARN ${arn} cannot be found.`);
  return found;
}

/** Says what the policies of a user, group or role would decide, with others beside them. */
export const simulatePrincipalPolicy = iamOperation('SimulatePrincipalPolicy', {
  members: {
    PolicySourceArn: shapes.resourceName,
    PolicyInputList: shapes.policyDocuments.optional(),
    ...simulationMembers,
  },
  resource,
  handler: (call, input) => {
    const { kind, policies, boundary } = demandPrincipal(call, input.PolicySourceArn);
    const given = readInputPolicies(input.PolicyInputList ?? [], 'identity', 'PolicyInputList');
    const caller = kind === 'user' ? { callerArn: input.PolicySourceArn } : {};
    const simulated = { identity: [...policies, ...given], boundary, ...caller };
    return simulationPage(readSimulation(input, call.account, simulated), input);
  },
});

/** The condition keys that the policies of a user, group or role ask for, in conditions and variables. */
export const getContextKeysForPrincipalPolicy = iamOperation('GetContextKeysForPrincipalPolicy', {
  members: { PolicySourceArn: shapes.resourceName, PolicyInputList: shapes.policyDocuments.optional() },
  resource,
  handler: (call, input) => {
    const { policies } = demandPrincipal(call, input.PolicySourceArn);
    const given = readInputPolicies(input.PolicyInputList ?? [], 'identity', 'PolicyInputList');
    const keys = [...policies, ...given].flatMap((policy) => policy.keys);
    return { ContextKeyNames: [...new Map(keys.map((key) => [key.toLowerCase(), key] as const)).values()] };
  },
});
