import type {
  DescribeRuleCommandOutput,
  ListEventBusesCommandOutput,
  ListRulesCommandOutput,
  ListTargetsByRuleCommandOutput,
  EventBus as SdkEventBus,
  Rule as SdkRule,
  Target as SdkTarget,
  TestEventPatternCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { useAnswer } from './use-answer.ts';
import { useCall, type Wire } from './use-call.ts';

export type EventBus = Wire<SdkEventBus>;
export type EventRule = Wire<SdkRule>;
export type RuleTarget = Wire<SdkTarget>;

export const defaultBus = 'default';

export function useEventBuses() {
  return useCall<Wire<ListEventBusesCommandOutput>>({ service: 'events', operation: 'ListEventBuses', input: {} });
}

/** A page of the rules of a bus whose names begin with `prefix`. */
export function useEventRules(bus: string, prefix: string, nextToken: string | undefined) {
  const input = {
    EventBusName: bus,
    ...(prefix !== '' && { NamePrefix: prefix }),
    ...(nextToken !== undefined && { NextToken: nextToken }),
    Limit: 50,
  };
  return useCall<Wire<ListRulesCommandOutput>>({ service: 'events', operation: 'ListRules', input });
}

export function useEventRule(bus: string, name: string) {
  const input = { EventBusName: bus, Name: name };
  return useCall<Wire<DescribeRuleCommandOutput>>({ service: 'events', operation: 'DescribeRule', input });
}

export function useRuleTargets(bus: string, name: string) {
  const input = { EventBusName: bus, Rule: name };
  return useCall<Wire<ListTargetsByRuleCommandOutput>>({ service: 'events', operation: 'ListTargetsByRule', input });
}

/** Whether `pattern` matches `event`; asked only where both are given. */
export function usePatternTest(pattern: string, event: string) {
  const input = { EventPattern: pattern, Event: event };
  const isAsked = pattern.trim() !== '' && event.trim() !== '';
  const call = { service: 'events', operation: 'TestEventPattern', input } as const;
  return useAnswer<Wire<TestEventPatternCommandOutput>>(isAsked ? call : undefined);
}
