import type { UnsubscribeCommandInput, UnsubscribeCommandOutput } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { asked, newToken, sendConfirmation } from '../confirmations.ts';
import { readSubscriptionArn } from '../names.ts';
import { snsOperation } from '../operation.ts';
import { hiddenAttributes, type SubscriptionRecord, subscriptionRecords, topicRecords } from '../records.ts';
import { notAuthorized } from '../refusals.ts';
import type { SnsRuntime } from '../runtime.ts';
import { topicNameOf } from '../subscription-attributes.ts';
import { isConfirmed } from '../subscriptions.ts';

/**
 * Ends a subscription; one that is not there has ended. By UnsubscribeURL, an unsigned GET of this, the subscription goes
 * back to pending, and its endpoint is told how to take it up again.
 */
export const unsubscribe = snsOperation<UnsubscribeCommandInput, UnsubscribeCommandOutput>()({
  schema: z.object({ SubscriptionArn: z.string() }),
  readOnly: false,
  audit: 'management',
  anonymous: true,
  access: (_input, { principal }) =>
    principal.kind === 'anonymous' ? [] : [{ action: 'sns:Unsubscribe', resource: '*' }],
  handler: async (runtime, { SubscriptionArn: arn }, { account, principal }) => {
    const located = readSubscriptionArn(arn);
    const found =
      located.account === account ? runtime.ledger.get(subscriptionRecords, located, located.name) : undefined;
    if (found?.arn !== arn) return {};
    if (principal.kind === 'anonymous') await leave(runtime, found);
    else {
      runtime.ledger.transact((transaction) => transaction.delete(subscriptionRecords, found, found.name));
    }
    return {};
  },
});

async function leave(runtime: SnsRuntime, found: SubscriptionRecord): Promise<void> {
  if (hiddenAttributes(found).AuthenticateOnUnsubscribe === 'true') {
    throw notAuthorized('This subscription can be ended by a signed request of its owner only');
  }
  const identity = await runtime.signer.identity();
  const { ledger } = runtime;
  const present = ledger.get(subscriptionRecords, found, found.name);
  const topic = ledger.get(topicRecords, found, topicNameOf(found));
  if (!present || !topic || !isConfirmed(present)) return;
  const { ConfirmedToken: _, ...attributes } = present.attributes;
  const subscription = asked(runtime, { ...present, attributes, confirmationToken: newToken(runtime) });
  ledger.transact((transaction) => {
    transaction.put(subscriptionRecords, subscription);
    sendConfirmation(runtime, transaction, 'UnsubscribeConfirmation', { topic, subscription, identity });
  });
}
