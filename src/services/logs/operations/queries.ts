import type {
  DescribeQueriesCommandInput,
  DescribeQueriesCommandOutput,
  GetQueryResultsCommandInput,
  GetQueryResultsCommandOutput,
  ListLogGroupsForQueryCommandInput,
  ListLogGroupsForQueryCommandOutput,
  QueryInfo,
  StopQueryCommandInput,
  StopQueryCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { type PageKey, pageOf } from '../../../core/page.ts';
import { textOf as unvalidatedText } from '../../../core/unvalidated.ts';
import { demand, numberFrom, textOf } from '../constraints.ts';
import { groupNameRule, streamArn } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { formatPageToken, parsePageToken } from '../page-token.ts';
import type { Query } from '../queries/query.ts';
import { invalidParameter, invalidToken } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';

const idRule = textOf(0, 256);
const pageRows = 10_000;
const statuses = ['Scheduled', 'Running', 'Complete', 'Failed', 'Cancelled', 'Timeout', 'Unknown'] as const;
const languages = ['CWLI', 'SQL', 'PPL'] as const;

function findQuery(runtime: LogsRuntime, scope: Scope, queryId: string): Query {
  demand(idRule('queryId', queryId));
  const query = runtime.queries.find(scope, queryId);
  if (!query) throw new ServiceError('ResourceNotFoundException', 'The specified query does not exist.');
  return query;
}

/** What a query has read belongs to its groups. */
function resultsAccess(input: { readonly queryId?: unknown }, context: RequestContext, runtime: LogsRuntime) {
  const query = runtime.queries.find(context, unvalidatedText(input.queryId) ?? '');
  const names = query ? query.asked.groups.map(({ name }) => name) : ['*'];
  return names.map((name) => ({ action: 'logs:GetQueryResults', resource: streamArn(context, name, '') }));
}

/** The rows of a query that is complete; before that how far it is. Beside what AWS tells: why one has failed. */
export const getQueryResults = logsOperation<GetQueryResultsCommandInput, GetQueryResultsCommandOutput>()({
  schema: z.object({
    queryId: z.string(),
    nextToken: z.string().optional(),
    maxItems: z.number().int().optional(),
  }),
  readOnly: true,
  audit: 'data',
  access: resultsAccess,
  handler: (runtime, { queryId, nextToken, maxItems = pageRows }, context) => {
    demand(numberFrom(1, pageRows)('maxItems', maxItems));
    const query = findQuery(runtime, context, queryId);
    const from = nextToken === undefined ? 0 : placeIn(queryId, nextToken);
    const results = query.rows(from, maxItems);
    const next = from + results.length;
    return {
      queryLanguage: 'CWLI',
      status: query.status,
      results,
      statistics: {
        ...query.statistics,
        estimatedRecordsSkipped: 0,
        estimatedBytesSkipped: 0,
        logGroupsScanned: query.asked.groups.length,
        resultCount: query.rowCount,
      },
      ...(query.failure !== undefined && { failure: query.failure }),
      ...(next < query.rowCount && { nextToken: formatPageToken('results', { queryId, next }) }),
    };
  },
});

function placeIn(queryId: string, token: string): number {
  const { queryId: of, next }: PageKey = parsePageToken('results', token);
  if (of !== queryId || !Number.isSafeInteger(next) || Number(next) < 0) throw invalidToken();
  return Number(next);
}

export const stopQuery = logsOperation<StopQueryCommandInput, StopQueryCommandOutput>()({
  schema: z.object({ queryId: z.string() }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'logs:StopQuery', resource: '*' }],
  handler: (runtime, { queryId }, context) => {
    const query = findQuery(runtime, context, queryId);
    if (!runtime.queries.stop(query)) throw invalidParameter('The specified query is not running.');
    return { success: true };
  },
});

/** Queries whose results are kept still, the youngest first. */
export const describeQueries = logsOperation<DescribeQueriesCommandInput, DescribeQueriesCommandOutput>()({
  schema: z.object({
    logGroupName: z.string().optional(),
    status: z.enum(statuses).optional(),
    maxResults: z.number().int().optional(),
    nextToken: z.string().optional(),
    queryLanguage: z.enum(languages).optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'logs:DescribeQueries', resource: '*' }],
  handler: (runtime, { logGroupName, status, maxResults: size = 1000, nextToken: token, queryLanguage }, context) => {
    demand(groupNameRule('logGroupName', logGroupName), numberFrom(1, 1000)('maxResults', size));
    const chosen = runtime.queries.list(context).filter((query) => {
      const isOfGroup = logGroupName === undefined || query.asked.groups.some(({ name }) => name === logGroupName);
      return isOfGroup && (status === undefined || query.status === status) && (queryLanguage ?? 'CWLI') === 'CWLI';
    });
    const page = pageOf(chosen, keyOf, { kind: 'queries', size, token, refuse: refuseToken });
    return { queries: page.items.map(describe), ...(page.nextToken && { nextToken: page.nextToken }) };
  },
});

function refuseToken(): never {
  throw invalidToken();
}

const latest = 10 ** 15;

/** The youngest first. */
function keyOf({ createdAt, id }: Query): string {
  return `${String(latest - createdAt).padStart(16, '0')} ${id}`;
}

function describe({ id, asked, status, createdAt, endedAt, statistics }: Query): QueryInfo {
  const [group] = asked.groups;
  return {
    queryLanguage: 'CWLI',
    queryId: id,
    queryString: asked.text,
    status,
    createTime: createdAt,
    ...(group && { logGroupName: group.name }),
    ...(endedAt !== undefined && { queryDuration: Math.max(0, endedAt - createdAt) }),
    bytesScanned: statistics.bytesScanned,
  };
}

export const listLogGroupsForQuery = logsOperation<
  ListLogGroupsForQueryCommandInput,
  ListLogGroupsForQueryCommandOutput
>()({
  schema: z.object({
    queryId: z.string(),
    nextToken: z.string().optional(),
    maxResults: z.number().int().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'logs:ListLogGroupsForQuery', resource: '*' }],
  handler: (runtime, { queryId, nextToken: token, maxResults: size = 50 }, context) => {
    demand(numberFrom(50, 500)('maxResults', size));
    const names = findQuery(runtime, context, queryId).asked.groups.map(({ name }) => name);
    const page = pageOf(names, (name) => name, { kind: 'query-groups', size, token, refuse: refuseToken });
    return { logGroupIdentifiers: [...page.items], ...(page.nextToken && { nextToken: page.nextToken }) };
  },
});
