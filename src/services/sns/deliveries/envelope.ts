import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { MessageAttribute } from '../filter-policy/index.ts';
import { isRaw } from '../raw.ts';
import type { Delivery, SubscriptionRecord, TopicRecord } from '../records.ts';
import { receiverOf } from './receivers.ts';
import { type SignatureVersion, type SigningIdentity, signMembers, signMembersAside } from './signer.ts';

/** The version in links: with it an unsigned request tells its service. */
const apiVersion = '2010-03-31';

/** What all envelopes of one message share. */
interface Sending {
  readonly topic: TopicRecord;
  readonly identity: SigningIdentity;
  readonly baseUrl: string;
  readonly messageId: string;
  readonly now: EpochMilliseconds;
}

/** A message on its way to the subscriptions of a topic. */
export interface Publication extends Sending {
  readonly subject?: string | undefined;
  readonly message: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** Makes the JSON of a notification for each subscription: signed once, since the link alone differs. */
export async function notificationBody(
  publication: Publication,
): Promise<(subscription: SubscriptionRecord) => string> {
  const { topic, messageId, subject, message, attributes, baseUrl } = publication;
  const signed = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topic.arn,
    ...(subject !== undefined && { Subject: subject }),
    Message: message,
    Timestamp: new Date(publication.now).toISOString(),
  };
  const version = versionOf(publication);
  const signature = seal(publication, await signMembersAside(publication.identity, version, signed));
  return (subscription) =>
    formatBody({
      ...signed,
      ...signature,
      UnsubscribeURL: unsubscribeLink(baseUrl, subscription),
      ...shownAttributes(attributes),
    });
}

/** A message on its way to the queues of a FIFO topic. */
interface OrderedPublication extends Omit<Publication, 'identity'> {
  /** Its number in the topic. */
  readonly sequence: string;
}

/** The JSON of a notification of a FIFO topic: AWS does not sign it. */
export function orderedBody(publication: OrderedPublication, subscription: SubscriptionRecord): string {
  const { topic, messageId, sequence, subject, message, attributes, now, baseUrl } = publication;
  return formatBody({
    ...{ Type: 'Notification', MessageId: messageId, SequenceNumber: sequence, TopicArn: topic.arn },
    ...(subject !== undefined && { Subject: subject }),
    ...{ Message: message, Timestamp: new Date(now).toISOString() },
    UnsubscribeURL: unsubscribeLink(baseUrl, subscription),
    ...shownAttributes(attributes),
  });
}

function shownAttributes(attributes: Publication['attributes']) {
  const shown = Object.entries(attributes).map(([name, { type, value }]) => [name, { Type: type, Value: value }]);
  return shown.length > 0 ? { MessageAttributes: Object.fromEntries(shown) } : {};
}

const confirmationWords = {
  SubscriptionConfirmation: (topic: string) =>
    `You have chosen to subscribe to the topic ${topic}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
  UnsubscribeConfirmation: (_topic: string, subscription: string) =>
    `You have chosen to deactivate subscription ${subscription}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
} as const;

/** Makes the JSON that asks an endpoint to confirm that it is subscribed, or tells it that it no longer is. */
export function confirmationBody(
  kind: keyof typeof confirmationWords,
  sending: Sending,
  subscription: SubscriptionRecord,
): string {
  const { topic, messageId, baseUrl, now } = sending;
  const token = subscription.confirmationToken ?? '';
  const signed = {
    Type: kind,
    MessageId: messageId,
    Token: token,
    TopicArn: topic.arn,
    Message: confirmationWords[kind](topic.arn, subscription.arn),
    SubscribeURL: confirmationLink(baseUrl, topic, subscription),
    Timestamp: new Date(now).toISOString(),
  };
  return formatBody({ ...signed, ...seal(sending, signMembers(sending.identity, versionOf(sending), signed)) });
}

function versionOf({ topic }: Sending): SignatureVersion {
  return topic.attributes.SignatureVersion === '2' ? '2' : '1';
}

/** The members that carry a signature. */
function seal(sending: Sending, signature: string) {
  const { identity, baseUrl } = sending;
  return {
    SignatureVersion: versionOf(sending),
    Signature: signature,
    SigningCertURL: `${baseUrl}${identity.path}`,
  };
}

/** Whoever has it confirms the subscription. */
export function confirmationLink(
  baseUrl: string,
  topic: TopicRecord,
  { confirmationToken = '' }: SubscriptionRecord,
): string {
  return link(baseUrl, { Action: 'ConfirmSubscription', TopicArn: topic.arn, Token: confirmationToken });
}

/** Whoever has it ends the subscription. */
export function unsubscribeLink(baseUrl: string, { arn }: SubscriptionRecord): string {
  return link(baseUrl, { Action: 'Unsubscribe', SubscriptionArn: arn });
}

function link(baseUrl: string, parameters: Readonly<Record<string, string>>): string {
  return `${baseUrl}/?${new URLSearchParams({ ...parameters, Version: apiVersion })}`;
}

/** AWS's layout, which some receivers of old compare. */
function formatBody(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(members, null, 2);
}

interface NewDelivery {
  readonly name: string;
  readonly kind: Delivery['kind'];
  readonly messageId: string;
  readonly body: string;
  readonly now: EpochMilliseconds;
}

/** A delivery that is due at once. */
export function newDelivery(subscription: SubscriptionRecord, given: NewDelivery): Delivery {
  const { name, kind, messageId, body, now } = given;
  const { account, region }: Scope = subscription;
  return {
    ...{ account, region, name, kind, messageId, body },
    topicArn: subscription.topicArn,
    subscriptionArn: subscription.arn,
    endpoint: receiverOf(subscription),
    raw: kind === 'Notification' && isRaw(subscription),
    createdAt: now,
  };
}
