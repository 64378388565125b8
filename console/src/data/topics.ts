import type {
  GetTopicAttributesCommandOutput,
  ListSubscriptionsByTopicCommandOutput,
  ListTopicsCommandOutput,
} from '@aws-sdk/client-sns';
import type { Call } from '../api/protocol.ts';
import { useRegion, useSession } from '../session/session-context.tsx';
import type { Told } from './form-shape.ts';
import { useCall } from './use-call.ts';

export function snsCall(operation: string, input: object): Call {
  return { service: 'sns', operation, input };
}

export function useTopics(NextToken: string | undefined) {
  const input = NextToken === undefined ? {} : { NextToken };
  return useCall<Told<ListTopicsCommandOutput>>(snsCall('ListTopics', input));
}

/** The ARN of a topic of this account and region. */
export function useTopicArn(name: string): string {
  const session = useSession();
  const account = session?.kind === 'signed-in' ? session.account : '';
  return `arn:aws:sns:${useRegion() ?? ''}:${account}:${name}`;
}

export function useTopicAttributes(TopicArn: string) {
  return useCall<Told<GetTopicAttributesCommandOutput>>(snsCall('GetTopicAttributes', { TopicArn }));
}

export function useSubscriptions(TopicArn: string, NextToken: string | undefined) {
  const input = { TopicArn, ...(NextToken !== undefined && { NextToken }) };
  return useCall<Told<ListSubscriptionsByTopicCommandOutput>>(snsCall('ListSubscriptionsByTopic', input));
}
