import type { ConfirmSubscriptionCommandInput, ConfirmSubscriptionCommandOutput } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { readTopicArn } from '../names.ts';
import { snsOperation } from '../operation.ts';
import { type HiddenAttributes, type SubscriptionRecord, subscriptionRecords, topicRecords } from '../records.ts';
import { invalidParameter, notAuthorized, topicMissing } from '../refusals.ts';
import { flag } from '../shapes.ts';

/**
 * Confirms a subscription by the token that its endpoint was sent. Whoever has the token may: SubscribeURL is an unsigned
 * GET of this. The same token confirms again what it confirmed.
 */
export const confirmSubscription = snsOperation<ConfirmSubscriptionCommandInput, ConfirmSubscriptionCommandOutput>()({
  schema: z.object({
    TopicArn: z.string(),
    Token: z.string(),
    AuthenticateOnUnsubscribe: z.preprocess((value) => (value === true ? 'true' : value), z.string().optional()),
  }),
  readOnly: false,
  audit: { kind: 'management', hide: ['Token'] },
  anonymous: true,
  access: ({ TopicArn }, { principal }) =>
    principal.kind === 'anonymous' ? [] : [{ action: 'sns:ConfirmSubscription', resource: textOf(TopicArn) ?? '*' }],
  handler: ({ ledger }, input, { account, principal }) => {
    // A link does not say the region that it is for; its topic does.
    const located = readTopicArn(input.TopicArn);
    const topic = located.account === account ? ledger.get(topicRecords, located, located.name) : undefined;
    if (!topic) throw topicMissing();
    const value = `${topic.arn} ${input.Token}`;
    const subscription = ledger.by(subscriptionRecords, topic, 'token', { value }).next().value;
    if (!subscription) throw invalidParameter('Token');
    const authenticated = principal.kind !== 'anonymous';
    const asksForMore = flag.safeParse(input.AuthenticateOnUnsubscribe).data === true;
    if (asksForMore && !authenticated) {
      throw notAuthorized('AuthenticateOnUnsubscribe can be set by a signed ConfirmSubscription only');
    }
    if (subscription.confirmationToken !== undefined) {
      const confirmed = confirm(subscription, authenticated, asksForMore);
      ledger.transact((transaction) => transaction.put(subscriptionRecords, confirmed));
    }
    return { SubscriptionArn: subscription.arn };
  },
});

function confirm(pending: SubscriptionRecord, authenticated: boolean, asksForMore: boolean): SubscriptionRecord {
  const { confirmationToken = '', attributes, ...rest } = pending;
  const { AskedAt: _, ...kept } = attributes;
  const hidden: HiddenAttributes = {
    ConfirmedToken: confirmationToken,
    ConfirmationWasAuthenticated: String(authenticated),
    ...(asksForMore && { AuthenticateOnUnsubscribe: 'true' }),
  };
  return { ...rest, attributes: { ...kept, ...hidden } };
}
