import type { Clock } from '../../core/clock.ts';
import type { AccountId } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { DueWork, Ledger, Transaction } from '../../store/index.ts';
import { giveUp } from './dead-letters.ts';
import {
  contentOf,
  createMailer,
  createPoster,
  Deliverer,
  type DeliveryLimits,
  defaultDeliveryLimits,
  type InvokeOperation,
  isByMail,
  type Mailer,
  type Poster,
  Signer,
  type SmtpSettings,
  withFunctions,
  withMails,
} from './deliveries/index.ts';
import { type EffectivePolicy, mailPolicy } from './delivery-policy/index.ts';
import { FifoTopics } from './fifo/index.ts';
import { confirmSubscription } from './operations/confirm-subscription.ts';
import { listSubscriptions, listSubscriptionsByTopic } from './operations/list-subscriptions.ts';
import { addPermission, removePermission } from './operations/permissions.ts';
import { publish } from './operations/publish.ts';
import { publishBatch } from './operations/publish-batch.ts';
import { subscribe } from './operations/subscribe.ts';
import { getSubscriptionAttributes, setSubscriptionAttributes } from './operations/subscription-attributes.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts';
import { getTopicAttributes, setTopicAttributes } from './operations/topic-attributes.ts';
import { createTopic, deleteTopic, listTopics } from './operations/topics.ts';
import { unsubscribe } from './operations/unsubscribe.ts';
import { pendingSweep } from './pending-sweeper.ts';
import { noQueues, type QueueDelivery } from './queue-deliveries.ts';
import { type Delivery, subscriptionRecords, topicRecords } from './records.ts';
import type { SnsRuntime } from './runtime.ts';
import { topicNameOf } from './subscription-attributes.ts';
import { deliveryPolicyOf, isConfirmed } from './subscriptions.ts';

export type SnsOperationName = CommandNames<typeof import('@aws-sdk/client-sns')>;

export interface SnsOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Whose the signing key is. */
  readonly account: AccountId;
  /** Where endpoints reach this server, such as `http://batch.example:9470`: links in messages begin so. */
  readonly baseUrl: () => string;
  /** Whether endpoints may have link-local addresses, which serve machines their own credentials. @default false */
  readonly allowLinkLocal?: boolean;
  /** Each on its own. @default `defaultDeliveryLimits` */
  readonly limits?: Partial<DeliveryLimits>;
  /** Takes what goes to queues of SQS. @default there are none */
  readonly queues?: QueueDelivery;
  /** Calls operations of other services: what functions are sent. @default there are no functions */
  readonly invoke?: InvokeOperation;
  /** The server that takes mails. @default there is none, and nobody is subscribed by email */
  readonly smtp?: SmtpSettings;
  /** How mails are sent. @default SMTP, by `smtp` */
  readonly mailer?: Mailer;
  /** How endpoints are posted to. @default HTTP and HTTPS */
  readonly poster?: Poster;
}

export interface SnsService {
  readonly definition: ServiceDefinition<SnsOperationName>;
  /** At start, and whenever the ledger was rebuilt. What waits is delivered while due work is open. */
  open(): void;
  /** Removes nothing more. */
  pause(): void;
  /** Lets go of connections. After due work was closed. */
  close(): void;
  /** What anybody may read by its path: the certificate that messages are signed with. */
  document(path: string): { readonly contentType: string; readonly body: string } | undefined;
}

/** Amazon SNS: topics, and messages delivered to HTTP and HTTPS endpoints. Delivers while due work is open. */
export function createSnsService(options: SnsOptions): SnsService {
  const { ledger, due, clock, random, logger, account, allowLinkLocal = false } = options;
  const { queues = noQueues } = options;
  const mailer = options.mailer ?? (options.smtp && createMailer(options.smtp, clock));
  const signer = new Signer({ ledger, clock, random, account });
  const deliverer = new Deliverer({
    ...{ ledger, due, clock, logger },
    poster: withMails(withFunctions(options.poster ?? createPoster({ clock, allowLinkLocal }), options), mailer),
    limits: { ...defaultDeliveryLimits, ...options.limits },
    policyOf: (record) => policyOf(ledger, record),
    giveUp: (transaction, record, reason, tries) =>
      giveUpDelivery({ ledger, queues, logger }, transaction, record, { reason, tries }),
  });
  const sweeper = pendingSweep({ ledger, clock, logger });
  const baseUrl = () => options.baseUrl().replace(/\/+$/, '');
  const fifo = new FifoTopics({ ledger, clock });
  const runtime: SnsRuntime = {
    ledger,
    clock,
    random,
    logger,
    baseUrl,
    signer,
    deliverer,
    queues,
    fifo,
    sendsMail: mailer !== undefined,
    allowLinkLocal,
  };
  return {
    definition: define(runtime),
    open: () => {
      signer.forget();
      fifo.forget();
      sweeper.start();
    },
    pause: () => sweeper.stop(),
    close: () => {
      sweeper.stop();
      deliverer.close();
    },
    document: (path) => {
      const body = signer.certificateAt(path);
      return body === undefined ? undefined : { contentType: 'application/x-pem-file', body };
    },
  };
}

/** Undefined if a delivery is not wanted any more: its subscription has ended, or a notification's was not confirmed. */
function policyOf(ledger: Ledger, record: Delivery): EffectivePolicy | undefined {
  const key = record.subscriptionArn.slice(record.subscriptionArn.lastIndexOf(':') + 1);
  const subscription = ledger.get(subscriptionRecords, record, key);
  if (!subscription) return undefined;
  if (record.kind === 'Notification' && !isConfirmed(subscription)) return undefined;
  // AWS's; delivery policies are for HTTP and HTTPS.
  if (isByMail(subscription)) return mailPolicy;
  return deliveryPolicyOf(ledger.get(topicRecords, record, topicNameOf(subscription)), subscription);
}

/** Notifications may go to a dead-letter queue; of others the log tells. */
function giveUpDelivery(
  { ledger, queues, logger }: Pick<SnsRuntime, 'ledger' | 'queues' | 'logger'>,
  transaction: Transaction,
  record: Delivery,
  { reason, tries }: { readonly reason: string; readonly tries: number },
): void {
  const { kind, messageId, subscriptionArn } = record;
  const key = subscriptionArn.slice(subscriptionArn.lastIndexOf(':') + 1);
  const subscription = ledger.get(subscriptionRecords, record, key);
  if (kind !== 'Notification' || !subscription) {
    logger.warn({ kind, messageId, subscriptionArn, tries, reason }, 'a delivery of SNS was given up');
    return;
  }
  const content = { MessageBody: contentOf(record), MessageAttributes: {} };
  giveUp({ queues, logger }, transaction, { subscription, messageId, content, placed: {}, reason, tries });
}

function define(runtime: SnsRuntime): ServiceDefinition<SnsOperationName> {
  return {
    name: 'sns',
    apiVersion: '2010-03-31',
    protocol: {
      kind: 'awsQuery',
      xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      mapMembers: ['Attributes'],
    },
    errors: { validation: 'ValidationError', internal: 'InternalError', denied: 'AuthorizationError' },
    operations: {
      AddPermission: addPermission(runtime),
      CheckIfPhoneNumberIsOptedOut: unbuilt,
      ConfirmSubscription: confirmSubscription(runtime),
      CreatePlatformApplication: unbuilt,
      CreatePlatformEndpoint: unbuilt,
      CreateSMSSandboxPhoneNumber: unbuilt,
      CreateTopic: createTopic(runtime),
      DeleteEndpoint: unbuilt,
      DeletePlatformApplication: unbuilt,
      DeleteSMSSandboxPhoneNumber: unbuilt,
      DeleteTopic: deleteTopic(runtime),
      GetDataProtectionPolicy: unbuilt,
      GetEndpointAttributes: unbuilt,
      GetPlatformApplicationAttributes: unbuilt,
      GetSMSAttributes: unbuilt,
      GetSMSSandboxAccountStatus: unbuilt,
      GetSubscriptionAttributes: getSubscriptionAttributes(runtime),
      GetTopicAttributes: getTopicAttributes(runtime),
      ListEndpointsByPlatformApplication: unbuilt,
      ListOriginationNumbers: unbuilt,
      ListPhoneNumbersOptedOut: unbuilt,
      ListPlatformApplications: unbuilt,
      ListSMSSandboxPhoneNumbers: unbuilt,
      ListSubscriptions: listSubscriptions(runtime),
      ListSubscriptionsByTopic: listSubscriptionsByTopic(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      ListTopics: listTopics(runtime),
      OptInPhoneNumber: unbuilt,
      Publish: publish(runtime),
      PublishBatch: publishBatch(runtime),
      PutDataProtectionPolicy: unbuilt,
      RemovePermission: removePermission(runtime),
      SetEndpointAttributes: unbuilt,
      SetPlatformApplicationAttributes: unbuilt,
      SetSMSAttributes: unbuilt,
      SetSubscriptionAttributes: setSubscriptionAttributes(runtime),
      SetTopicAttributes: setTopicAttributes(runtime),
      Subscribe: subscribe(runtime),
      TagResource: tagResource(runtime),
      Unsubscribe: unsubscribe(runtime),
      UntagResource: untagResource(runtime),
      VerifySMSSandboxPhoneNumber: unbuilt,
    },
  };
}
