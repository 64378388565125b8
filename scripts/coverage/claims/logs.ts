import type { CommandNames } from '../../../src/core/operation.ts';
import { unbuiltOperations } from '../../../src/services/logs/unbuilt-operations.ts';
import type { OperationClaims, ServiceClaims } from '../claims.ts';

type Unbuilt = { readonly [Name in keyof typeof unbuiltOperations]: 'unbuilt' };

const groups = { supported: 'groups are listed by name, in pages, by prefix and by pattern' };
const byNameOrArn = { supported: 'a group is found by name and by ARN, and by exactly one of them' };
const created = { supported: 'a group is created once, described with its ARNs, and gone after its deletion' };
const retention = { supported: 'a retention of the days that AWS allows is set, shown and taken off' };
const tags = { supported: 'tags are put, listed and taken off by ARN and by name alike' };
const streamOrder = { supported: 'streams are listed by name or by last event, both ways, in pages' };
const put = { supported: 'what was put is read back with its times' };
const pages = { supported: 'events come newest page first by default, and each end answers its own token again' };
const time = { supported: 'a window takes its start in and leaves its end out' };
const search = {
  supported:
    'FilterLogEvents finds terms, phrases, alternatives and exclusions over all streams of a group, in order of time',
};
const patterns = { supported: 'a search takes the whole language of filter patterns, over pages that meet no match' };
const searchPages = {
  supported:
    'a search over more streams than it merges at once finds every event once, though streams come while it pages',
};
const streams = {
  supported: 'streams are listed by name or by their last event, a page at a time, and can be deleted',
};
const policies = {
  stored: 'policies of the account are put, changed, described by name and deleted, over a restart',
};
const groupPolicy = {
  stored: 'a group has one policy, which changes for who knows its revision and goes with the group',
};
const tails = { supported: 'a session tells what is put and what tasks write, each second, from when it began' };
const tailed = { supported: 'a session tells only of the streams that it names, and what its pattern matches' };
const query = {
  supported: 'a query reads what was put and what tasks write, of all streams of its group, and says how much it was',
};
const queryTimes = { supported: 'events outside of the time, and those that have expired, are not seen' };
const queryEnd = {
  supported:
    'four queries run at once and others wait; one that is stopped makes room, and what is over cannot be stopped',
};
const queryPages = { supported: 'results are kept for an hour, page by page' };
const pointers = {
  supported: 'a row has a pointer, by which GetLogRecord finds its event with all fields; forged ones find nothing',
};
const groupFields = { supported: 'the fields of a group are those of its events, with their share' };
const definitions = {
  supported: 'query definitions are kept, found by the beginning of their names, changed by id and deleted',
};
const metricFilters = {
  supported: 'a metric filter counts what is put and what jobs write, with values and dimensions of the events',
};
const shownFilters = { supported: 'filters are shown by group and by metric, counted with their group, and deleted' };
const subscribed = { supported: 'a subscribed function is sent what matches, if its policy lets Logs invoke it' };
const language = { ignored: 'CWLI is all there is; SQL and PPL are refused, or find nothing' };
const noMask = { ignored: 'there is no data protection: nothing is masked' };

function refused(member: string) {
  return { refused: `InvalidParameterException: ${member} is not supported by this version of Batchyard.` };
}

export const logsClaims = {
  // What is not built is told by the registry alone.
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as Unbuilt),
  CreateLogGroup: {
    logGroupName: created,
    tags,
    kmsKeyId: refused('kmsKeyId'),
    logGroupClass: {
      ignored:
        'STANDARD is all there is; INFREQUENT_ACCESS, DELIVERY and ESSENTIALS are refused: InvalidParameterException',
    },
    deletionProtectionEnabled: refused('deletionProtectionEnabled'),
  },
  CreateLogStream: { '*': put },
  DeleteLogGroup: { '*': created },
  DeleteLogStream: { '*': streams },
  DeleteRetentionPolicy: { '*': retention },
  DeleteResourcePolicy: { '*': policies, resourceArn: groupPolicy, expectedRevisionId: groupPolicy },
  DeleteQueryDefinition: { '*': definitions },
  DeleteMetricFilter: { '*': shownFilters },
  DeleteSubscriptionFilter: { '*': shownFilters },
  DescribeMetricFilters: { '*': shownFilters },
  DescribeSubscriptionFilters: { '*': shownFilters },
  DescribeLogGroups: {
    '*': groups,
    accountIdentifiers: { ignored: 'there is one account' },
    includeLinkedAccounts: refused('includeLinkedAccounts'),
  },
  DescribeLogStreams: { '*': streamOrder, logGroupIdentifier: byNameOrArn },
  DescribeQueries: { '*': queryEnd, queryLanguage: language },
  DescribeQueryDefinitions: { '*': definitions, queryLanguage: language },
  DescribeResourcePolicies: { '*': policies, resourceArn: groupPolicy, policyScope: groupPolicy },
  FilterLogEvents: {
    '*': search,
    logGroupIdentifier: byNameOrArn,
    filterPattern: patterns,
    startTime: time,
    endTime: time,
    nextToken: searchPages,
    limit: searchPages,
    startFromHead: {
      ignored:
        'events come from the head; false is refused: InvalidParameterException: startFromHead false in FilterLogEvents is not supported by this version of Batchyard.',
    },
    interleaved: { ignored: 'always true, as on AWS' },
    unmask: noMask,
  },
  GetLogEvents: {
    logStreamName: put,
    logGroupName: put,
    logGroupIdentifier: byNameOrArn,
    startTime: time,
    endTime: time,
    nextToken: pages,
    limit: pages,
    startFromHead: pages,
    unmask: noMask,
  },
  GetLogGroupFields: { '*': groupFields },
  GetLogRecord: { logRecordPointer: pointers, unmask: noMask },
  GetQueryResults: { '*': queryPages },
  ListLogGroupsForQuery: { '*': queryPages },
  ListTagsForResource: { '*': tags },
  ListTagsLogGroup: { '*': tags },
  PutLogEvents: {
    '*': put,
    sequenceToken: { ignored: 'as on AWS since 2023' },
    entity: { ignored: 'no entity can be asked for by any operation that is built' },
  },
  PutMetricFilter: {
    '*': metricFilters,
    applyOnTransformedLogs: refused('applyOnTransformedLogs'),
    fieldSelectionCriteria: refused('fieldSelectionCriteria'),
  },
  PutSubscriptionFilter: {
    '*': subscribed,
    distribution: { stored: 'a subscribed function is sent what matches, if its policy lets Logs invoke it' },
    roleArn: { refused: 'InvalidParameterException: destinationArn for vendor lambda cannot be used with roleArn' },
    applyOnTransformedLogs: refused('applyOnTransformedLogs'),
    fieldSelectionCriteria: refused('fieldSelectionCriteria'),
    emitSystemFields: refused('emitSystemFields'),
  },
  PutQueryDefinition: { '*': definitions, queryLanguage: language },
  PutResourcePolicy: { '*': policies, resourceArn: groupPolicy, expectedRevisionId: groupPolicy },
  PutRetentionPolicy: { '*': retention },
  StartLiveTail: { '*': tails, logEventFilterPattern: tailed, logStreamNames: tailed, logStreamNamePrefixes: tailed },
  StartQuery: {
    '*': query,
    startTime: queryTimes,
    endTime: queryTimes,
    logGroupNames: queryTimes,
    queryLanguage: language,
  },
  StopQuery: { '*': queryEnd },
  TagLogGroup: { '*': tags },
  TagResource: { '*': tags },
  TestMetricFilter: {
    '*': { supported: 'a pattern can be tried on messages: which match, and what it names in them' },
  },
  UntagLogGroup: { '*': tags },
  UntagResource: { '*': tags },
} satisfies { readonly [name: string]: OperationClaims } & ServiceClaims<
  CommandNames<typeof import('@aws-sdk/client-cloudwatch-logs')>
>;
