import type { SubscribeCommandInput, SubscribeCommandOutput } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { uuidV7 } from '../../../core/random.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { asked, newToken, sendConfirmation } from '../confirmations.ts';
import { checkEndpoint } from '../endpoints.ts';
import { snsOperation, topicRequest } from '../operation.ts';
import { endpointKey, type SubscriptionRecord, subscriptionRecords, type TopicRecord } from '../records.ts';
import { invalidParameter } from '../refusals.ts';
import type { SnsRuntime } from '../runtime.ts';
import { attributeMap, flag } from '../shapes.ts';
import { mergeAttributes, settableNames } from '../subscription-attributes.ts';
import { isConfirmed } from '../subscriptions.ts';
import { findTopic } from '../topics.ts';

/**
 * Subscribes a queue or a function, which is confirmed at once, or an endpoint of HTTP, HTTPS or email, and sends that the token that confirms. An endpoint that is subscribed already keeps
 * its subscription; if it has not confirmed yet, it is asked again.
 */
export const subscribe = snsOperation<SubscribeCommandInput, SubscribeCommandOutput>()({
  schema: z.object({
    TopicArn: z.string(),
    Protocol: z.string(),
    Endpoint: z.string().optional(),
    Attributes: attributeMap.optional(),
    ReturnSubscriptionArn: flag.optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: ({ TopicArn, Protocol, Endpoint }, context, runtime) => {
    const protocol = textOf(Protocol);
    const endpoint = textOf(Endpoint);
    const conditions = {
      ...(protocol !== undefined && { 'sns:Protocol': protocol }),
      ...(endpoint !== undefined && { 'sns:Endpoint': endpoint }),
    };
    return [topicRequest(runtime, context, 'Subscribe', TopicArn, conditions)];
  },
  handler: async (runtime, input, context) => {
    // First of all: a topic that is not there is not found whatever is asked of it.
    const found = findTopic(runtime.ledger, context, input.TopicArn);
    const endpoint = checkEndpoint(runtime, found, input.Protocol, input.Endpoint);
    const attributes = mergeAttributes({}, input.Attributes ?? {});
    const identity = await runtime.signer.identity();
    // Only now: it may have gone meanwhile.
    const topic = findTopic(runtime.ledger, context, input.TopicArn);
    const value = endpointKey({ topicArn: topic.arn, protocol: input.Protocol, endpoint });
    const existing = runtime.ledger.by(subscriptionRecords, topic, 'endpoint', { value }).next().value;
    if (existing) checkSame(existing, attributes);
    const subscription = existing ?? newSubscription(runtime, topic, input.Protocol, endpoint, attributes);
    if (!existing && isConfirmed(subscription)) {
      runtime.ledger.transact((transaction) => transaction.put(subscriptionRecords, subscription));
    } else if (!isConfirmed(subscription)) {
      runtime.ledger.transact((transaction) => {
        transaction.put(subscriptionRecords, asked(runtime, subscription));
        sendConfirmation(runtime, transaction, 'SubscriptionConfirmation', { topic, subscription, identity });
      });
    }
    const known = isConfirmed(subscription) || input.ReturnSubscriptionArn === true;
    return { SubscriptionArn: known ? subscription.arn : 'pending confirmation' };
  },
});

function checkSame(subscription: SubscriptionRecord, given: Readonly<Record<string, string>>): void {
  const differs = settableNames.some(
    (name) => given[name] !== undefined && given[name] !== subscription.attributes[name],
  );
  if (differs) throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
}

function newSubscription(
  runtime: SnsRuntime,
  { account, region, arn }: TopicRecord,
  protocol: string,
  endpoint: string,
  attributes: Readonly<Record<string, string>>,
): SubscriptionRecord {
  const now = runtime.clock.now();
  const name = uuidV7(now, runtime.random);
  return {
    ...{ account, region, name, protocol, endpoint, attributes },
    arn: `${arn}:${name}`,
    topicArn: arn,
    owner: account,
    // A queue or a function of this installation needs not be asked.
    ...(protocol !== 'sqs' && protocol !== 'lambda' && { confirmationToken: newToken(runtime) }),
    createdAt: now,
  };
}
