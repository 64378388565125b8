import type {
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput,
  DescribeResourcePoliciesCommandInput,
  DescribeResourcePoliciesCommandOutput,
  PutResourcePolicyCommandInput,
  PutResourcePolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { pageOf } from '../../../core/page.ts';
import { uuidV7 } from '../../../core/random.ts';
import { demand, numberFrom, oneOf, textOf } from '../constraints.ts';
import { findGroup } from '../groups.ts';
import { quotas } from '../limits.ts';
import { groupNameIn } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { type ResourcePolicyRecord, resourcePolicyKey, resourcePolicyRecords } from '../records.ts';
import { groupMissing, invalidParameter, invalidToken } from '../refusals.ts';
import {
  accountPolicies,
  checkPolicyDocument,
  checkRevision,
  checkRoomForPolicy,
  describePolicy,
  findPolicy,
  groupPolicies,
} from '../resource-policies.ts';
import type { LogsRuntime } from '../runtime.ts';

const nameRule = textOf(1, 512);
const documentRule = textOf(1, quotas.resourcePolicyLength);
const revisionRule = textOf(1, 2048);
const scopes = ['ACCOUNT', 'RESOURCE'] as const;

/** AWS has no resource to grant these by. */
const accessTo = (action: string) => (_input: unknown, _context: RequestContext) => [
  { action: `logs:${action}`, resource: '*' },
];

/** The group of an ARN, which is there. */
function groupOf(runtime: LogsRuntime, scope: Scope, resourceArn: string): string {
  const name = groupNameIn(scope, resourceArn);
  if (name === undefined) throw groupMissing();
  return findGroup(runtime, scope, name).name;
}

function nameOf(policyName: string | undefined): string {
  if (policyName === undefined) throw invalidParameter('policyName is required.');
  demand(nameRule('policyName', policyName));
  return policyName;
}

const putSchema = z.object({
  policyName: z.string().optional(),
  policyDocument: z.string().optional(),
  resourceArn: z.string().optional(),
  expectedRevisionId: z.string().nullish(),
});

/** A policy of the account by its name, or the one of a group by the group's ARN. */
export const putResourcePolicy = logsOperation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput>()({
  schema: putSchema.transform(({ expectedRevisionId, ...input }) => ({
    ...input,
    expectedRevisionId: expectedRevisionId ?? undefined,
  })),
  readOnly: false,
  audit: 'management',
  access: accessTo('PutResourcePolicy'),
  handler: (runtime, input, context) => {
    const policy = policyOf(runtime, input, context);
    runtime.ledger.transact((transaction) => transaction.put(resourcePolicyRecords, policy));
    const { revisionId } = policy;
    return { resourcePolicy: describePolicy(policy), ...(revisionId !== undefined && { revisionId }) };
  },
});

function policyOf(
  runtime: LogsRuntime,
  input: PutResourcePolicyCommandInput,
  context: RequestContext,
): ResourcePolicyRecord {
  const { policyName, policyDocument: document, resourceArn, expectedRevisionId } = input;
  if (document === undefined) throw invalidParameter('policyDocument is required.');
  demand(documentRule('policyDocument', document), revisionRule('expectedRevisionId', expectedRevisionId));
  checkPolicyDocument(document);
  const common = { ...scopeOf(context), document, updatedAt: context.now };
  if (resourceArn !== undefined) {
    const groupName = groupOf(runtime, context, resourceArn);
    checkRevision(findPolicy(runtime.ledger, context, { groupName }), expectedRevisionId);
    return {
      ...common,
      groupName,
      revisionId: uuidV7(context.now, runtime.random),
      ...(policyName && { name: policyName }),
    };
  }
  const name = nameOf(policyName);
  if (!findPolicy(runtime.ledger, context, { name })) checkRoomForPolicy(runtime.ledger, context);
  return { ...common, name };
}

export const deleteResourcePolicy = logsOperation<
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput
>()({
  schema: z.object({
    policyName: z.string().optional(),
    resourceArn: z.string().optional(),
    expectedRevisionId: z.string().optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: accessTo('DeleteResourcePolicy'),
  handler: (runtime, { policyName, resourceArn, expectedRevisionId }, context) => {
    const named =
      resourceArn === undefined ? { name: nameOf(policyName) } : { groupName: groupOf(runtime, context, resourceArn) };
    const policy = findPolicy(runtime.ledger, context, named);
    if (!policy) throw policyMissing(policyName ?? resourceArn ?? '');
    if (resourceArn !== undefined) checkRevision(policy, expectedRevisionId);
    runtime.ledger.transact((transaction) =>
      transaction.delete(resourcePolicyRecords, context, resourcePolicyKey(policy)),
    );
    return {};
  },
});

function policyMissing(name: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Policy with name [${name}] does not exist.`);
}

/** Those of the account, or of groups, in the order of their names. */
export const describeResourcePolicies = logsOperation<
  DescribeResourcePoliciesCommandInput,
  DescribeResourcePoliciesCommandOutput
>()({
  schema: z.object({
    nextToken: z.string().optional(),
    limit: z.number().int().optional(),
    resourceArn: z.string().optional(),
    policyScope: z.enum(scopes).optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: accessTo('DescribeResourcePolicies'),
  handler: (runtime, input, context) => {
    const { nextToken: token, limit: size = quotas.describePage } = input;
    demand(numberFrom(1, 1000)('limit', input.limit), oneOf(scopes)('policyScope', input.policyScope));
    const refuse = () => {
      throw invalidToken();
    };
    const page = pageOf(chosen(runtime, input, context), resourcePolicyKey, {
      ...{ kind: 'policies', size, token, refuse },
    });
    return { resourcePolicies: page.items.map(describePolicy), ...(page.nextToken && { nextToken: page.nextToken }) };
  },
});

function chosen(
  runtime: LogsRuntime,
  { resourceArn, policyScope }: DescribeResourcePoliciesCommandInput,
  scope: Scope,
): readonly ResourcePolicyRecord[] {
  const { ledger } = runtime;
  if (resourceArn === undefined) {
    return policyScope === 'RESOURCE' ? groupPolicies(ledger, scope) : accountPolicies(ledger, scope);
  }
  if (policyScope === 'ACCOUNT') throw invalidParameter('resourceArn cannot be specified when policyScope is ACCOUNT.');
  const policy = findPolicy(ledger, scope, { groupName: groupOf(runtime, scope, resourceArn) });
  return policy ? [policy] : [];
}
