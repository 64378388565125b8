import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import type { EventsRuntime } from './managed-rule.ts';
import { describeEventBus, listEventBuses } from './operations/event-buses.ts';
import { deleteRule, disableRule, enableRule, putRule } from './operations/rule-changes.ts';
import { describeRule, listRules, listTagsForResource } from './operations/rules.ts';
import { putTargets, removeTargets } from './operations/target-changes.ts';
import { listRuleNamesByTarget, listTargetsByRule } from './operations/targets.ts';
import { testEventPattern } from './operations/test-event-pattern.ts';

export type EventsOperationName = CommandNames<typeof import('@aws-sdk/client-eventbridge')>;

/** Amazon EventBridge: the default bus, with the rules that other services keep on it. Stateless. */
export function createEventsService(runtime: EventsRuntime): ServiceDefinition<EventsOperationName> {
  return {
    name: 'events',
    apiVersion: '2015-10-07',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'AWSEvents' },
    errors: { validation: 'ValidationException', internal: 'InternalException' },
    operations: {
      ActivateEventSource: unbuilt,
      CancelReplay: unbuilt,
      CreateApiDestination: unbuilt,
      CreateArchive: unbuilt,
      CreateConnection: unbuilt,
      CreateEndpoint: unbuilt,
      CreateEventBus: unbuilt,
      CreatePartnerEventSource: unbuilt,
      DeactivateEventSource: unbuilt,
      DeauthorizeConnection: unbuilt,
      DeleteApiDestination: unbuilt,
      DeleteArchive: unbuilt,
      DeleteConnection: unbuilt,
      DeleteEndpoint: unbuilt,
      DeleteEventBus: unbuilt,
      DeletePartnerEventSource: unbuilt,
      DeleteRule: deleteRule(runtime),
      DescribeApiDestination: unbuilt,
      DescribeArchive: unbuilt,
      DescribeConnection: unbuilt,
      DescribeEndpoint: unbuilt,
      DescribeEventBus: describeEventBus(runtime),
      DescribeEventSource: unbuilt,
      DescribePartnerEventSource: unbuilt,
      DescribeReplay: unbuilt,
      DescribeRule: describeRule(runtime),
      DisableRule: disableRule(runtime),
      EnableRule: enableRule(runtime),
      ListApiDestinations: unbuilt,
      ListArchives: unbuilt,
      ListConnections: unbuilt,
      ListEndpoints: unbuilt,
      ListEventBuses: listEventBuses(runtime),
      ListEventSources: unbuilt,
      ListPartnerEventSourceAccounts: unbuilt,
      ListPartnerEventSources: unbuilt,
      ListReplays: unbuilt,
      ListRuleNamesByTarget: listRuleNamesByTarget(runtime),
      ListRules: listRules(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      ListTargetsByRule: listTargetsByRule(runtime),
      PutEvents: unbuilt,
      PutPartnerEvents: unbuilt,
      PutPermission: unbuilt,
      PutRule: putRule(runtime),
      PutTargets: putTargets(runtime),
      RemovePermission: unbuilt,
      RemoveTargets: removeTargets(runtime),
      StartReplay: unbuilt,
      TagResource: unbuilt,
      TestEventPattern: testEventPattern(runtime),
      UntagResource: unbuilt,
      UpdateApiDestination: unbuilt,
      UpdateArchive: unbuilt,
      UpdateConnection: unbuilt,
      UpdateEndpoint: unbuilt,
      UpdateEventBus: unbuilt,
    },
  };
}
