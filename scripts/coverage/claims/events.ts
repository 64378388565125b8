import type { EventsOperationName } from '../../../src/services/events/index.ts';
import type { ServiceClaims } from '../claims.ts';

const bus = { supported: 'buses are made, changed, shared and deleted, and rules on them are paged through' };
const rule = { supported: 'a rule and its targets are read back as they were given, and changed' };
const events = { supported: 'events of applications reach a log group and another bus, as they were put' };
const stored = { stored: bus.supported };
const noLog = { ...bus, but: 'LogConfig is refused: UnsupportedOperationException' };
const noPartner = { ...bus, but: 'EventSourceName is refused: UnsupportedOperationException' };

const endpoints = {
  supported: 'events reach an endpoint of HTTP with the key of its connection, and once more from an archive',
};
const archives = endpoints;
const connections = endpoints;
const noPrivate = { ...connections, but: 'private endpoints are refused: UnsupportedOperationException' };

export const eventsClaims = {
  ActivateEventSource: 'unbuilt',
  CancelReplay: { '*': archives },
  CreateApiDestination: { '*': endpoints },
  CreateArchive: { '*': archives, KmsKeyIdentifier: { stored: archives.supported } },
  CreateConnection: {
    '*': connections,
    KmsKeyIdentifier: { stored: connections.supported },
    InvocationConnectivityParameters: noPrivate,
    'AuthParameters.ConnectivityParameters': noPrivate,
  },
  CreateEndpoint: 'unbuilt',
  CreateEventBus: {
    '*': bus,
    KmsKeyIdentifier: stored,
    DeadLetterConfig: stored,
    LogConfig: noLog,
    EventSourceName: noPartner,
  },
  CreatePartnerEventSource: 'unbuilt',
  DeactivateEventSource: 'unbuilt',
  DeauthorizeConnection: { '*': connections },
  DeleteApiDestination: { '*': endpoints },
  DeleteArchive: { '*': archives },
  DeleteConnection: { '*': connections },
  DeleteEndpoint: 'unbuilt',
  DeleteEventBus: { '*': bus },
  DeletePartnerEventSource: 'unbuilt',
  DeleteRule: { '*': rule },
  DescribeApiDestination: { '*': endpoints },
  DescribeArchive: { '*': archives },
  DescribeConnection: { '*': connections },
  DescribeEndpoint: 'unbuilt',
  DescribeEventBus: { '*': bus },
  DescribeEventSource: 'unbuilt',
  DescribePartnerEventSource: 'unbuilt',
  DescribeReplay: { '*': archives },
  DescribeRule: { '*': rule },
  DisableRule: { '*': rule },
  EnableRule: { '*': rule },
  ListApiDestinations: { '*': endpoints },
  ListArchives: { '*': archives },
  ListConnections: { '*': connections },
  ListEndpoints: 'unbuilt',
  ListEventBuses: { '*': bus },
  ListEventSources: 'unbuilt',
  ListPartnerEventSourceAccounts: 'unbuilt',
  ListPartnerEventSources: 'unbuilt',
  ListReplays: { '*': archives },
  ListRuleNamesByTarget: { '*': rule },
  ListRules: { '*': bus },
  ListTagsForResource: { '*': rule },
  ListTargetsByRule: { '*': rule },
  PutEvents: { '*': events },
  PutPartnerEvents: 'unbuilt',
  PutPermission: { '*': { ...bus, but: 'decides PutEvents and what rules hand on; there are no other accounts' } },
  PutRule: { '*': rule, State: { ...rule, but: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS is refused' } },
  PutTargets: { '*': { ...rule, but: 'of functions, streams and tasks of ECS is refused' } },
  RemovePermission: { '*': bus },
  RemoveTargets: {
    '*': rule,
    Force: { ...rule, but: 'true is refused for a managed rule: UnsupportedOperationException' },
  },
  StartReplay: { '*': archives },
  TagResource: { '*': rule },
  TestEventPattern: { '*': { supported: 'a pattern is tried on an event, and refused where it is none' } },
  UntagResource: { '*': rule },
  UpdateApiDestination: { '*': endpoints },
  UpdateArchive: { '*': archives, KmsKeyIdentifier: { stored: archives.supported } },
  UpdateConnection: {
    '*': connections,
    KmsKeyIdentifier: { stored: connections.supported },
    InvocationConnectivityParameters: noPrivate,
    'AuthParameters.ConnectivityParameters': noPrivate,
  },
  UpdateEndpoint: 'unbuilt',
  UpdateEventBus: { '*': bus, KmsKeyIdentifier: stored, DeadLetterConfig: stored, LogConfig: noLog },
} satisfies ServiceClaims<EventsOperationName>;
