import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';

/** An SNS topic. */
export interface TopicRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  /** As given, by SNS's attribute names; computed attributes are not among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export const topicRecords = defineRecord({
  type: 'topic',
  key: ({ name }: TopicRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** How many messages of a FIFO topic have a number. */
export interface TopicSequenceRecord extends Scope {
  readonly name: string;
  readonly published: number;
}

export const topicSequenceRecords = defineRecord({
  type: 'topicSequence',
  key: ({ name }: TopicSequenceRecord) => name,
});

/** A subscription to an SNS topic. */
export interface SubscriptionRecord extends Scope {
  /** The UUID that ends its ARN. */
  readonly name: string;
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Who subscribed: an account id. */
  readonly owner: string;
  /** Present while the endpoint has not confirmed; what ConfirmSubscription must bring. */
  readonly confirmationToken?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: EpochMilliseconds;
}

export const subscriptionRecords = defineRecord({
  type: 'subscription',
  key: ({ name }: SubscriptionRecord) => name,
  indexes: {
    name: { order: ({ name }) => name },
    topic: { value: ({ topicArn }) => topicArn, order: ({ name }) => name },
    /** Those that nobody has confirmed yet. */
    pending: { value: ({ topicArn, confirmationToken }) => (confirmationToken === undefined ? undefined : topicArn) },
    /** The same of all topics, by when they were asked: those that have waited longest come first. */
    unconfirmed: {
      value: ({ confirmationToken }) => (confirmationToken === undefined ? undefined : ''),
      order: (subscription) => `${String(askedAt(subscription)).padStart(16, '0')} ${subscription.name}`,
    },
    endpoint: { value: endpointKey },
    token: { value: tokenKey },
  },
});

/** Kept among a subscription's attributes beside those that callers set, and never shown as they are. */
export interface HiddenAttributes {
  /** `true` if whoever confirmed was signed for. */
  readonly ConfirmationWasAuthenticated?: string;
  /** `true` if an unsigned Unsubscribe is refused. */
  readonly AuthenticateOnUnsubscribe?: string;
  /** The token that it was confirmed with: the same one confirms it again. */
  readonly ConfirmedToken?: string;
  /** While it is pending: when its endpoint was last asked, in milliseconds since 1970. */
  readonly AskedAt?: string;
}

/** The hidden attributes of a subscription. */
export function hiddenAttributes({ attributes }: SubscriptionRecord): HiddenAttributes {
  return attributes;
}

/** When the endpoint of a pending subscription was last asked, in milliseconds since 1970. */
export function askedAt(subscription: SubscriptionRecord): EpochMilliseconds {
  return Number(hiddenAttributes(subscription).AskedAt ?? subscription.createdAt);
}

/** The token that confirms a subscription of a topic, or has confirmed it. */
function tokenKey(subscription: SubscriptionRecord): string | undefined {
  const token = subscription.confirmationToken ?? hiddenAttributes(subscription).ConfirmedToken;
  return token === undefined ? undefined : `${subscription.topicArn} ${token}`;
}

/** What an endpoint may be to a topic once. */
export function endpointKey({
  topicArn,
  protocol,
  endpoint,
}: Pick<SubscriptionRecord, 'topicArn' | 'protocol' | 'endpoint'>): string {
  return `${topicArn} ${protocol} ${endpoint}`;
}

/** A message on its way to one endpoint: it waits in the lane of that, and is no record of the ledger. */
export interface Delivery extends Scope {
  readonly name: string;
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly endpoint: string;
  readonly kind: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly messageId: string;
  readonly raw: boolean;
  readonly body: string;
  readonly createdAt: EpochMilliseconds;
}

/** How deliveries are written in their lanes. */
export const deliveryBodies = defineRecord({ type: 'delivery', key: ({ name }: Delivery) => name });

/** What notifications are signed with: a key pair of this installation and its certificate, both in PEM. */
export interface SigningIdentityRecord extends Scope {
  readonly privateKey: string;
  readonly certificate: string;
}

export const signingIdentityRecords = defineRecord<SigningIdentityRecord>({ type: 'signingIdentity' });

/** Every type of record that SNS keeps. */
export const snsRecords = [topicRecords, topicSequenceRecords, subscriptionRecords, signingIdentityRecords];
