import type { EventsOperationName } from '../../../src/services/events/index.ts';
import type { ServiceClaims } from '../claims.ts';

const bus = { supported: 'the default event bus is listed and described' };
const rule = {
  supported: 'the rule that waits for jobs is there from the first state machine on that does, and outlives the server',
};
const managed = {
  supported: 'the rule that waits for jobs belongs to Step Functions: nobody else changes it',
};
const noRules = {
  refused:
    'UnsupportedOperationException: PutRule is not supported by this version of Batchyard: docs/coverage.md lists what is.',
};
const noOwnRule = { refused: 'ResourceNotFoundException: Rule … does not exist on EventBus default.' };
const onlyDefault = 'there is the default bus alone';
const onlyManaged = 'there are no rules but managed ones';

export const eventsClaims = {
  ActivateEventSource: 'unbuilt',
  CancelReplay: 'unbuilt',
  CreateApiDestination: 'unbuilt',
  CreateArchive: 'unbuilt',
  CreateConnection: 'unbuilt',
  CreateEndpoint: 'unbuilt',
  CreateEventBus: 'unbuilt',
  CreatePartnerEventSource: 'unbuilt',
  DeactivateEventSource: 'unbuilt',
  DeauthorizeConnection: 'unbuilt',
  DeleteApiDestination: 'unbuilt',
  DeleteArchive: 'unbuilt',
  DeleteConnection: 'unbuilt',
  DeleteEndpoint: 'unbuilt',
  DeleteEventBus: 'unbuilt',
  DeletePartnerEventSource: 'unbuilt',
  DeleteRule: { '*': managed },
  DescribeApiDestination: 'unbuilt',
  DescribeArchive: 'unbuilt',
  DescribeConnection: 'unbuilt',
  DescribeEndpoint: 'unbuilt',
  DescribeEventBus: { '*': { ...bus, but: onlyDefault } },
  DescribeEventSource: 'unbuilt',
  DescribePartnerEventSource: 'unbuilt',
  DescribeReplay: 'unbuilt',
  DescribeRule: { '*': { ...rule, but: onlyManaged }, EventBusName: { ...rule, but: onlyDefault } },
  DisableRule: { '*': managed },
  EnableRule: { '*': managed },
  ListApiDestinations: 'unbuilt',
  ListArchives: 'unbuilt',
  ListConnections: 'unbuilt',
  ListEndpoints: 'unbuilt',
  ListEventBuses: { '*': bus },
  ListEventSources: 'unbuilt',
  ListPartnerEventSourceAccounts: 'unbuilt',
  ListPartnerEventSources: 'unbuilt',
  ListReplays: 'unbuilt',
  ListRuleNamesByTarget: { '*': { ...rule, but: onlyManaged }, EventBusName: { ...rule, but: onlyDefault } },
  ListRules: { '*': { ...rule, but: onlyManaged }, EventBusName: { ...rule, but: onlyDefault } },
  ListTagsForResource: { '*': { ...rule, but: 'nothing can be tagged' } },
  ListTargetsByRule: { '*': { ...rule, but: onlyManaged }, EventBusName: { ...rule, but: onlyDefault } },
  PutEvents: 'unbuilt',
  PutPartnerEvents: 'unbuilt',
  PutPermission: 'unbuilt',
  PutRule: { '*': noRules, Name: { ...managed, but: 'rules of your own are refused, with the error below' } },
  PutTargets: { '*': noOwnRule, Rule: managed, EventBusName: { ...managed, but: onlyDefault } },
  RemovePermission: 'unbuilt',
  RemoveTargets: {
    '*': managed,
    Force: { ...managed, but: 'true is refused for a managed rule: UnsupportedOperationException' },
  },
  StartReplay: 'unbuilt',
  TagResource: 'unbuilt',
  TestEventPattern: { '*': { supported: 'a pattern is tried on an event, and refused where it is none' } },
  UntagResource: 'unbuilt',
  UpdateApiDestination: 'unbuilt',
  UpdateArchive: 'unbuilt',
  UpdateConnection: 'unbuilt',
  UpdateEndpoint: 'unbuilt',
  UpdateEventBus: 'unbuilt',
} satisfies ServiceClaims<EventsOperationName>;
