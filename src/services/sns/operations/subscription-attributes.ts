import type {
  GetSubscriptionAttributesCommandInput,
  GetSubscriptionAttributesCommandOutput,
  SetSubscriptionAttributesCommandInput,
  SetSubscriptionAttributesCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import { anyResource, snsOperation } from '../operation.ts';
import { subscriptionRecords } from '../records.ts';
import { describeSubscription, mergeAttributes, settableNames } from '../subscription-attributes.ts';
import { findSubscription } from '../subscriptions.ts';

export const getSubscriptionAttributes = snsOperation<
  GetSubscriptionAttributesCommandInput,
  GetSubscriptionAttributesCommandOutput
>()({
  schema: z.object({ SubscriptionArn: z.string() }),
  readOnly: true,
  audit: 'management',
  access: anyResource('GetSubscriptionAttributes'),
  handler: ({ ledger }, { SubscriptionArn }, context) => ({
    Attributes: describeSubscription(ledger, findSubscription(ledger, context, SubscriptionArn)),
  }),
});

export const setSubscriptionAttributes = snsOperation<
  SetSubscriptionAttributesCommandInput,
  SetSubscriptionAttributesCommandOutput
>()({
  schema: z.object({ SubscriptionArn: z.string(), AttributeName: z.string(), AttributeValue: z.string().optional() }),
  readOnly: false,
  audit: 'management',
  access: anyResource('SetSubscriptionAttributes'),
  handler: ({ ledger }, { SubscriptionArn, AttributeName, AttributeValue = '' }, context) => {
    const subscription = findSubscription(ledger, context, SubscriptionArn);
    const own = settableNames.map((name) => [name, subscription.attributes[name] ?? ''] as const);
    const hidden = Object.entries(subscription.attributes).filter(([name]) => !isSettable(name));
    const merged = mergeAttributes(Object.fromEntries(own), { [AttributeName]: AttributeValue });
    const attributes = { ...Object.fromEntries(hidden), ...merged };
    ledger.transact((transaction) => transaction.put(subscriptionRecords, { ...subscription, attributes }));
    return {};
  },
});

function isSettable(name: string): boolean {
  return settableNames.some((known) => known === name);
}
