import type {
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput,
  ListSubscriptionsCommandInput,
  ListSubscriptionsCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import { anyResource, snsOperation, topicAccess } from '../operation.ts';
import { pageFrom } from '../page.ts';
import { type SubscriptionRecord, subscriptionRecords } from '../records.ts';
import { isConfirmed } from '../subscriptions.ts';
import { findTopic, subscriptionsOf } from '../topics.ts';

export const listSubscriptions = snsOperation<ListSubscriptionsCommandInput, ListSubscriptionsCommandOutput>()({
  schema: z.object({ NextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: anyResource('ListSubscriptions'),
  handler: ({ ledger }, { NextToken }, context) =>
    describePage('subscriptions', (after) => ledger.by(subscriptionRecords, context, 'name', { after }), NextToken),
});

export const listSubscriptionsByTopic = snsOperation<
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput
>()({
  schema: z.object({ TopicArn: z.string(), NextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: topicAccess('ListSubscriptionsByTopic'),
  handler: ({ ledger }, { TopicArn, NextToken }, context) => {
    const topic = findTopic(ledger, context, TopicArn);
    return describePage('subscriptions-by-topic', (after) => subscriptionsOf(ledger, topic, after), NextToken);
  },
});

function describePage(
  kind: string,
  after: (name: string | undefined) => Iterable<SubscriptionRecord>,
  token: string | undefined,
) {
  const page = pageFrom(kind, after, ({ name }) => name, token);
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
