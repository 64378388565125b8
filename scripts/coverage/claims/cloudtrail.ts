import type { CloudTrailOperationName } from '../../../src/services/cloudtrail/index.ts';
import type { ServiceClaims } from '../claims.ts';

const attribute = { supported: 'a resource is found by its ARN and by its name, and a region has its own history' };
const paged = { supported: 'the history is paged, the newest first, and survives the server' };
const checked = {
  supported: 'what is looked up in a range of time is what was called then, both ends included',
};

const trail = { supported: 'a trail is made, changed, shown and deleted' };
const everywhere = { supported: 'a trail of all regions is seen in each and changed in its home alone' };
const global = {
  supported:
    'a trail of all regions has a file for each, and calls of IAM are left out where global ones are not wanted',
};
const topic = { supported: 'a topic hears of each delivery, and one that refuses to keeps no file back' };
const digests = { supported: 'each hour there is a signed digest of the files, which names the one before it' };
const delivery = {
  supported: 'a trail delivers to an S3 server what was called since it logs, and the SDK is told how it goes',
};
const selectors = {
  supported: 'selectors are kept as they were put, and the basic ones are all management events',
};
const data = { supported: 'messages are in the files of a trail that asks for them, without what they say' };
const tags = { supported: 'tags are given, listed and taken back' };
const validation = {
  supported: 'aws cloudtrail validate-logs finds the files valid, and each of them that was changed',
};
const noLogs = { ...trail, but: 'it is refused, unless it is empty: UnsupportedOperationException' };
const noOrganization = { ...trail, but: 'true is refused: OrganizationsNotInUseException' };
const settings = {
  '*': trail,
  SnsTopicName: topic,
  IncludeGlobalServiceEvents: global,
  IsMultiRegionTrail: everywhere,
  EnableLogFileValidation: digests,
  CloudWatchLogsLogGroupArn: noLogs,
  CloudWatchLogsRoleArn: noLogs,
  KmsKeyId: noLogs,
  IsOrganizationTrail: noOrganization,
  RecursiveLogging: { ...trail, but: 'true is refused: UnsupportedOperationException' },
};

export const cloudTrailClaims = {
  AddTags: { '*': tags },
  CancelQuery: 'unbuilt',
  CreateChannel: 'unbuilt',
  CreateDashboard: 'unbuilt',
  CreateEventDataStore: 'unbuilt',
  CreateTrail: { ...settings, TagsList: tags },
  DeleteChannel: 'unbuilt',
  DeleteDashboard: 'unbuilt',
  DeleteEventDataStore: 'unbuilt',
  DeleteResourcePolicy: 'unbuilt',
  DeleteTrail: { '*': trail },
  DeregisterOrganizationDelegatedAdmin: 'unbuilt',
  DescribeQuery: 'unbuilt',
  DescribeTrails: { '*': trail, includeShadowTrails: everywhere },
  DisableFederation: 'unbuilt',
  EnableFederation: 'unbuilt',
  GenerateQuery: 'unbuilt',
  GetChannel: 'unbuilt',
  GetDashboard: 'unbuilt',
  GetEventConfiguration: 'unbuilt',
  GetEventDataStore: 'unbuilt',
  GetEventSelectors: { '*': selectors },
  GetImport: 'unbuilt',
  GetInsightSelectors: 'unbuilt',
  GetQueryResults: 'unbuilt',
  GetResourcePolicy: 'unbuilt',
  GetTrail: { '*': trail },
  GetTrailStatus: { '*': delivery },
  ListChannels: 'unbuilt',
  ListDashboards: 'unbuilt',
  ListEventDataStores: 'unbuilt',
  ListImportFailures: 'unbuilt',
  ListImports: 'unbuilt',
  ListInsightsData: 'unbuilt',
  ListInsightsMetricData: 'unbuilt',
  ListPublicKeys: { '*': validation, NextToken: { ...validation, but: 'every token is refused: there is one page' } },
  ListQueries: 'unbuilt',
  ListTags: { '*': tags, NextToken: { ignored: 'all tags are on one page' } },
  ListTrails: { '*': everywhere },
  LookupEvents: {
    LookupAttributes: attribute,
    StartTime: checked,
    EndTime: checked,
    EventCategory: { refused: 'InvalidEventCategoryException: … is no category that is kept here.' },
    MaxResults: paged,
    NextToken: paged,
  },
  PutEventConfiguration: 'unbuilt',
  PutEventSelectors: { '*': selectors, AdvancedEventSelectors: data },
  PutInsightSelectors: 'unbuilt',
  PutResourcePolicy: 'unbuilt',
  RegisterOrganizationDelegatedAdmin: 'unbuilt',
  RemoveTags: { '*': tags },
  RestoreEventDataStore: 'unbuilt',
  SearchSampleQueries: 'unbuilt',
  StartDashboardRefresh: 'unbuilt',
  StartEventDataStoreIngestion: 'unbuilt',
  StartImport: 'unbuilt',
  StartLogging: { '*': delivery },
  StartQuery: 'unbuilt',
  StopEventDataStoreIngestion: 'unbuilt',
  StopImport: 'unbuilt',
  StopLogging: { '*': validation },
  UpdateChannel: 'unbuilt',
  UpdateDashboard: 'unbuilt',
  UpdateEventDataStore: 'unbuilt',
  UpdateTrail: settings,
} as const satisfies ServiceClaims<CloudTrailOperationName>;
