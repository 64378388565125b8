import { Buffer } from 'node:buffer';
import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  LogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { demand, listOf, numberFrom, textOf } from '../constraints.ts';
import { countMetricFilters } from '../filters/group-filters.ts';
import { quotas } from '../limits.ts';
import { groupArn, groupNameIn, streamArn } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { formatPageToken, parsePageToken } from '../page-token.ts';
import { type LogGroupRecord, logGroupRecords } from '../records.ts';
import { invalidParameter, invalidToken, unsupported } from '../refusals.ts';

const schema = z.object({
  accountIdentifiers: z.array(z.string()).optional(),
  logGroupNamePrefix: z.string().optional(),
  logGroupNamePattern: z.string().optional(),
  nextToken: z.string().optional(),
  limit: z.number().int().optional(),
  includeLinkedAccounts: z.boolean().optional(),
  logGroupClass: z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY', 'ESSENTIALS']).optional(),
  logGroupIdentifiers: z.array(z.string()).optional(),
});
type Input = z.infer<typeof schema>;

const namePart = textOf(0, 512, '[\\.\\-_/#A-Za-z0-9]*');
const tokenKind = 'groups';

/** By name, ascending. `storedBytes` is always 0: AWS's own number lags by hours, and nothing here keeps one by group. */
export const describeLogGroups = logsOperation<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: (_input, context) => [{ action: 'logs:DescribeLogGroups', resource: streamArn(context, '', '') }],
  handler: ({ ledger }, input, context) => {
    check(input);
    const { limit = quotas.describePage, nextToken } = input;
    const after = nextToken === undefined ? undefined : afterName(nextToken);
    const matching = ledger
      .list(logGroupRecords, context)
      .filter((group) => (after === undefined || compare(group.name, after) > 0) && matches(group, input, context))
      .sort((a, b) => compare(a.name, b.name));
    const page = matching.slice(0, limit);
    const last = matching.length > limit ? page.at(-1) : undefined;
    return {
      logGroups: page.map((group) => describe(ledger, group, input.logGroupNamePattern !== undefined)),
      ...(last && { nextToken: formatPageToken(tokenKind, { after: last.name }) }),
    };
  },
});

function check(input: Input): void {
  demand(
    numberFrom(1, quotas.describePage)('limit', input.limit),
    namePart('logGroupNamePrefix', input.logGroupNamePrefix),
    namePart('logGroupNamePattern', input.logGroupNamePattern),
    listOf(1, 50)('logGroupIdentifiers', input.logGroupIdentifiers),
  );
  if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
  }
  if (input.includeLinkedAccounts) throw unsupported('includeLinkedAccounts');
}

function matches(group: LogGroupRecord, input: Input, scope: Scope): boolean {
  const { logGroupNamePrefix = '', logGroupNamePattern = '', logGroupIdentifiers, logGroupClass = 'STANDARD' } = input;
  const named = logGroupIdentifiers?.some((id) => id === group.name || groupNameIn(scope, id) === group.name) ?? true;
  return (
    named &&
    group.name.startsWith(logGroupNamePrefix) &&
    group.name.includes(logGroupNamePattern) &&
    logGroupClass === 'STANDARD'
  );
}

/** With a pattern AWS gives only the first three members. */
function describe(ledger: Ledger, group: LogGroupRecord, briefly: boolean): LogGroup {
  const arn = groupArn(group, group.name);
  const brief = { logGroupName: group.name, creationTime: group.createdAt, arn: `${arn}:*` };
  if (briefly) return brief;
  return {
    ...brief,
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
    metricFilterCount: countMetricFilters(ledger, group, group.name),
    storedBytes: 0,
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
    deletionProtectionEnabled: false,
  };
}

function afterName(token: string): string {
  const { after } = parsePageToken(tokenKind, token);
  if (typeof after !== 'string') throw invalidToken();
  return after;
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
