import type * as sdk from '@aws-sdk/client-cloudwatch-logs';
import type { CommandNames, ServiceDefinition } from '../../core/operation.ts';
import { describeLogGroups } from './operations/describe-log-groups.ts';
import { describeLogStreams } from './operations/describe-log-streams.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';
import { createLogGroup, deleteLogGroup, deleteRetentionPolicy, putRetentionPolicy } from './operations/groups.ts';
import { getLogGroupFields, getLogRecord } from './operations/log-fields.ts';
import { deleteMetricFilter, describeMetricFilters, putMetricFilter } from './operations/metric-filters.ts';
import { putLogEvents } from './operations/put-log-events.ts';
import { describeQueries, getQueryResults, listLogGroupsForQuery, stopQuery } from './operations/queries.ts';
import { deleteQueryDefinition, describeQueryDefinitions, putQueryDefinition } from './operations/query-definitions.ts';
import { deleteResourcePolicy, describeResourcePolicies, putResourcePolicy } from './operations/resource-policies.ts';
import { startLiveTail } from './operations/start-live-tail.ts';
import { startQuery } from './operations/start-query.ts';
import { createLogStream, deleteLogStream } from './operations/streams.ts';
import {
  deleteSubscriptionFilter,
  describeSubscriptionFilters,
  putSubscriptionFilter,
} from './operations/subscription-filters.ts';
import {
  listTagsForResource,
  listTagsLogGroup,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from './operations/tags.ts';
import { testMetricFilter } from './operations/test-metric-filter.ts';
import type { LogsRuntime } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

/** CloudWatch Logs as the registry knows it. */
export function defineLogs(runtime: LogsRuntime) {
  return {
    name: 'logs',
    apiVersion: '2014-03-28',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'Logs_20140328' },
    errors: { validation: 'InvalidParameterException', internal: 'InternalServerException' },
    operations: {
      ...unbuiltOperations,
      CreateLogGroup: createLogGroup(runtime),
      CreateLogStream: createLogStream(runtime),
      DeleteLogGroup: deleteLogGroup(runtime),
      DeleteLogStream: deleteLogStream(runtime),
      DeleteMetricFilter: deleteMetricFilter(runtime),
      DeleteQueryDefinition: deleteQueryDefinition(runtime),
      DeleteResourcePolicy: deleteResourcePolicy(runtime),
      DeleteRetentionPolicy: deleteRetentionPolicy(runtime),
      DeleteSubscriptionFilter: deleteSubscriptionFilter(runtime),
      DescribeLogGroups: describeLogGroups(runtime),
      DescribeLogStreams: describeLogStreams(runtime),
      DescribeMetricFilters: describeMetricFilters(runtime),
      DescribeQueries: describeQueries(runtime),
      DescribeQueryDefinitions: describeQueryDefinitions(runtime),
      DescribeResourcePolicies: describeResourcePolicies(runtime),
      DescribeSubscriptionFilters: describeSubscriptionFilters(runtime),
      FilterLogEvents: filterLogEvents(runtime),
      GetLogEvents: getLogEvents(runtime),
      GetLogGroupFields: getLogGroupFields(runtime),
      GetLogRecord: getLogRecord(runtime),
      GetQueryResults: getQueryResults(runtime),
      ListLogGroupsForQuery: listLogGroupsForQuery(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      ListTagsLogGroup: listTagsLogGroup(runtime),
      PutLogEvents: putLogEvents(runtime),
      PutMetricFilter: putMetricFilter(runtime),
      PutQueryDefinition: putQueryDefinition(runtime),
      PutResourcePolicy: putResourcePolicy(runtime),
      PutRetentionPolicy: putRetentionPolicy(runtime),
      PutSubscriptionFilter: putSubscriptionFilter(runtime),
      StartLiveTail: startLiveTail(runtime),
      StartQuery: startQuery(runtime),
      StopQuery: stopQuery(runtime),
      TagLogGroup: tagLogGroup(runtime),
      TagResource: tagResource(runtime),
      TestMetricFilter: testMetricFilter(runtime),
      UntagLogGroup: untagLogGroup(runtime),
      UntagResource: untagResource(runtime),
    },
  } satisfies ServiceDefinition<CommandNames<typeof sdk>>;
}
