import type {
  DeleteSubscriptionFilterCommandInput,
  DeleteSubscriptionFilterCommandOutput,
  DescribeSubscriptionFiltersCommandInput,
  DescribeSubscriptionFiltersCommandOutput,
  PutSubscriptionFilterCommandInput,
  PutSubscriptionFilterCommandOutput,
  SubscriptionFilter,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { parseArn, type Scope, scopeOf } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { pageOf } from '../../../core/page.ts';
import { groupAccess } from '../access.ts';
import { demand, numberFrom, textOf } from '../constraints.ts';
import { filterKey, type SubscriptionFilterRecord, subscriptionFilterRecords } from '../filters/filter-records.ts';
import { checkFilter, filterMissing, filterNameRule, filterPatternRule, refuseToken } from '../filters/filter-rules.ts';
import { hasFilters, subscriptionsOf } from '../filters/group-filters.ts';
import { findGroup } from '../groups.ts';
import { quotas } from '../limits.ts';
import { groupNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { invalidParameter, unsupported } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';
import { packedControl } from '../subscriptions/payload.ts';

const putSchema = z.object({
  logGroupName: z.string(),
  filterName: z.string(),
  filterPattern: z.string(),
  destinationArn: z.string(),
  roleArn: z.string().optional(),
  distribution: z.enum(['Random', 'ByLogStream']).optional(),
  applyOnTransformedLogs: z.boolean().optional(),
  fieldSelectionCriteria: z.string().optional(),
  emitSystemFields: z.array(z.string()).optional(),
});
type PutInput = z.infer<typeof putSchema>;

/**
 * Makes a filter, or puts it in the place of one of the same name, once its function has taken a control message: what has not been
 * read yet is decided by the new one.
 */
export const putSubscriptionFilter = logsOperation<
  PutSubscriptionFilterCommandInput,
  PutSubscriptionFilterCommandOutput
>()({
  schema: putSchema,
  readOnly: false,
  audit: 'management',
  access: groupAccess('PutSubscriptionFilter'),
  handler: async (runtime, input, context) => {
    check(input);
    checkDestination(input, context);
    const { ledger } = runtime;
    const { logGroupName: groupName, filterName: name, filterPattern: pattern, destinationArn } = input;
    const demandRoom = () => {
      findGroup(runtime, context, groupName);
      checkFilter(ledger, context, groupName, { kind: 'subscription', name, pattern });
    };
    demandRoom();
    await tryFunction(runtime, { ...scopeOf(context), groupName, destinationArn }, context);
    demandRoom();
    const before = ledger.get(subscriptionFilterRecords, context, filterKey(groupName, name));
    const isFirst = !hasFilters(ledger, context, groupName);
    const record = {
      ...scopeOf(context),
      ...{ groupName, name, pattern, destinationArn, distribution: input.distribution ?? 'ByLogStream' },
      createdAt: before?.createdAt ?? context.now,
    };
    ledger.transact((transaction) => transaction.put(subscriptionFilterRecords, record));
    runtime.subscriptions.enable(context, groupName, name);
    if (isFirst) await runtime.filters.filterAdded();
    return {};
  },
});

function check(input: PutInput): void {
  demand(
    groupNameRule('logGroupName', input.logGroupName),
    filterNameRule('filterName', input.filterName),
    filterPatternRule('filterPattern', input.filterPattern),
    textOf(1, 2048)('destinationArn', input.destinationArn),
  );
  if (input.applyOnTransformedLogs) throw unsupported('applyOnTransformedLogs');
  if (input.fieldSelectionCriteria !== undefined) throw unsupported('fieldSelectionCriteria');
  if (input.emitSystemFields?.length) throw unsupported('emitSystemFields');
}

/** AWS's kinds of destinations of which there are none here. */
const notHere: Readonly<Record<string, string>> = {
  kinesis: 'A Kinesis stream',
  firehose: 'A Firehose delivery stream',
  logs: 'A logical destination',
};

function checkDestination({ destinationArn, roleArn }: PutInput, scope: Scope): void {
  const arn = parseArn(destinationArn);
  const other = arn && notHere[arn.service];
  if (other !== undefined) throw unsupported(`${other} as a destination`);
  if (arn?.service !== 'lambda' || !arn.resource.startsWith('function:')) {
    throw invalidParameter(`Invalid destinationArn: ${destinationArn} is none that a subscription filter can have.`);
  }
  if (arn.account !== scope.account || arn.region !== scope.region) {
    throw invalidParameter('The destination must be in the account and region of the log group.');
  }
  if (roleArn !== undefined) throw invalidParameter('destinationArn for vendor lambda cannot be used with roleArn');
}

async function tryFunction(
  { functions }: LogsRuntime,
  sent: Scope & { readonly groupName: string; readonly destinationArn: string },
  { now, requestId, signal }: RequestContext,
): Promise<void> {
  try {
    await functions.invoke(sent, await packedControl(now), { key: `control:${requestId}`, signal });
  } catch (error) {
    // What is not its fault, or passes, is no reason.
    if (!(error instanceof ServiceError) || error.status >= 500 || error.status === 429) throw error;
    throw invalidParameter(
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    );
  }
}

export const deleteSubscriptionFilter = logsOperation<
  DeleteSubscriptionFilterCommandInput,
  DeleteSubscriptionFilterCommandOutput
>()({
  schema: z.object({ logGroupName: z.string(), filterName: z.string() }),
  readOnly: false,
  audit: 'management',
  access: groupAccess('DeleteSubscriptionFilter'),
  handler: (runtime, { logGroupName, filterName }, context) => {
    demand(groupNameRule('logGroupName', logGroupName), filterNameRule('filterName', filterName));
    findGroup(runtime, context, logGroupName);
    const key = filterKey(logGroupName, filterName);
    if (!runtime.ledger.get(subscriptionFilterRecords, context, key)) throw filterMissing();
    runtime.ledger.transact((transaction) => transaction.delete(subscriptionFilterRecords, context, key));
    return {};
  },
});

/** Those of a group, by name. */
export const describeSubscriptionFilters = logsOperation<
  DescribeSubscriptionFiltersCommandInput,
  DescribeSubscriptionFiltersCommandOutput
>()({
  schema: z.object({
    logGroupName: z.string(),
    filterNamePrefix: z.string().optional(),
    nextToken: z.string().optional(),
    limit: z.number().int().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: groupAccess('DescribeSubscriptionFilters'),
  handler: (runtime, { logGroupName, filterNamePrefix, nextToken: token, limit: size }, context) => {
    demand(
      groupNameRule('logGroupName', logGroupName),
      filterNameRule('filterNamePrefix', filterNamePrefix),
      numberFrom(1, quotas.describePage)('limit', size),
    );
    findGroup(runtime, context, logGroupName);
    const all = subscriptionsOf(runtime.ledger, context, logGroupName);
    const chosen = all.filter(({ name }) => name.startsWith(filterNamePrefix ?? ''));
    const request = { kind: 'subscription-filters', size: size ?? quotas.describePage, token, refuse: refuseToken };
    const page = pageOf(chosen, ({ name }) => name, request);
    return { subscriptionFilters: page.items.map(describe), ...(page.nextToken && { nextToken: page.nextToken }) };
  },
});

function describe(filter: SubscriptionFilterRecord): SubscriptionFilter {
  const { name, groupName, pattern, destinationArn, distribution, createdAt } = filter;
  return {
    filterName: name,
    logGroupName: groupName,
    filterPattern: pattern,
    destinationArn,
    distribution: distribution === 'Random' ? 'Random' : 'ByLogStream',
    applyOnTransformedLogs: false,
    creationTime: createdAt,
  };
}
