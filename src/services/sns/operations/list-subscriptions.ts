import type {
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput,
  ListSubscriptionsCommandInput,
  ListSubscriptionsCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import type { SubscriptionRecord } from '../../../store/index.ts';
import { anyResource, snsOperation, topicAccess } from '../operation.ts';
import { pageOf } from '../page.ts';
import { isConfirmed } from '../subscriptions.ts';
import { findTopic, subscriptionsOf } from '../topics.ts';

export const listSubscriptions = snsOperation<ListSubscriptionsCommandInput, ListSubscriptionsCommandOutput>()({
  schema: z.object({ NextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: anyResource('ListSubscriptions'),
  handler: ({ ledger }, { NextToken }, context) =>
    describePage('subscriptions', ledger.list('subscription', context), NextToken),
});

export const listSubscriptionsByTopic = snsOperation<
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput
>()({
  schema: z.object({ TopicArn: z.string(), NextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: topicAccess('ListSubscriptionsByTopic'),
  handler: ({ ledger }, { TopicArn, NextToken }, context) =>
    describePage('subscriptions-by-topic', subscriptionsOf(ledger, findTopic(ledger, context, TopicArn)), NextToken),
});

function describePage(kind: string, subscriptions: readonly SubscriptionRecord[], token: string | undefined) {
  const page = pageOf(kind, subscriptions, ({ name }) => name, token);
  return {
    Subscriptions: page.items.map(describe),
    ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
  };
}

function describe(subscription: SubscriptionRecord) {
  const { arn, owner, protocol, endpoint, topicArn } = subscription;
  return {
    SubscriptionArn: isConfirmed(subscription) ? arn : 'PendingConfirmation',
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  };
}
