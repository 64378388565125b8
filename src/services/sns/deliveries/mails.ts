import type { SubscriptionRecord, TopicRecord } from '../records.ts';
import { confirmationLink, unsubscribeLink } from './envelope.ts';
import type { Poster, PostOutcome, PostRequest } from './post.ts';
import { mailLane } from './receivers.ts';

/** A mail as it waits to be sent. */
interface Mail {
  readonly to: string;
  /** The name before the server's own address. */
  readonly fromName: string;
  readonly subject: string;
  readonly text: string;
}

/** Gives mails to a server that sends them. */
export interface Mailer {
  /** `id` is the same at each try, so that a mail that is sent again can be known again. */
  send(
    mail: Mail & { readonly id: string; readonly headers: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<PostOutcome>;
  close(): void;
}

/** The mail of a notification: its text with AWS's words below, or the notification's JSON. */
export function notificationMail(
  topic: TopicRecord,
  subscription: SubscriptionRecord,
  given: { readonly subject: string | undefined; readonly text: string; readonly baseUrl: string },
): string {
  const { subject = 'AWS Notification Message', text, baseUrl } = given;
  const isJson = subscription.protocol === 'email-json';
  return mailText(topic, subscription, { subject, text: isJson ? text : `${text}${footer(baseUrl, subscription)}` });
}

function footer(baseUrl: string, subscription: SubscriptionRecord): string {
  return [
    '\n\n--',
    'If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:',
    unsubscribeLink(baseUrl, subscription),
    '',
    'Please do not reply directly to this email.',
    '',
  ].join('\n');
}

/** The mail that asks for a confirmation, or tells of a farewell. `json` is what an endpoint of HTTP would be sent. */
export function confirmationMail(
  kind: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
  topic: TopicRecord,
  subscription: SubscriptionRecord,
  { baseUrl, json }: { readonly baseUrl: string; readonly json: string },
): string {
  const [subject, before, ask] = words[kind];
  const link = confirmationLink(baseUrl, topic, subscription);
  const lines = [before, topic.arn, '', ask, link, '', 'Please do not reply directly to this email.', ''];
  const text = subscription.protocol === 'email-json' ? json : lines.join('\n');
  return mailText(topic, subscription, { subject, text });
}

const words = {
  SubscriptionConfirmation: [
    'AWS Notification - Subscription Confirmation',
    'You have chosen to subscribe to the topic:',
    'To confirm this subscription, click or visit the link below (If this was in error no action is necessary):',
  ],
  UnsubscribeConfirmation: [
    'AWS Notification - Unsubscribe Confirmation',
    'Your subscription to the topic below has been deactivated:',
    'If this was in error or you wish to resubscribe, click or visit the link below to resubscribe to the topic:',
  ],
} as const;

function mailText(
  { attributes }: TopicRecord,
  { endpoint: to }: SubscriptionRecord,
  { subject, text }: Pick<Mail, 'subject' | 'text'>,
): string {
  const mail: Mail = { to, fromName: attributes.DisplayName || 'AWS Notifications', subject, text };
  return JSON.stringify(mail);
}

/** What a delivery was to bring, of mails their text. */
export function contentOf({ endpoint, body }: Pick<PostRequest, 'endpoint' | 'body'>): string {
  return endpoint === mailLane ? (JSON.parse(body) as Mail).text : body;
}

/** A poster that gives mails to a mailer, and all else to `poster`. */
export function withMails(poster: Poster, mailer: Mailer | undefined): Poster {
  return {
    post: async (request, signal) => {
      if (request.endpoint !== mailLane) return poster.post(request, signal);
      if (!mailer) return { kind: 'failed', reason: 'no mail server is configured' };
      return mailer.send({ ...(JSON.parse(request.body) as Mail), ...markOf(request) }, signal);
    },
    close: () => {
      mailer?.close();
      poster.close();
    },
  };
}

/** Header lines that tell mails of SNS apart, and keep others from answering by themselves. */
function markOf({ headers }: PostRequest) {
  const names = ['x-amz-sns-message-id', 'x-amz-sns-subscription-arn'] as const;
  const [message = '', subscription = ''] = names.map((name) => headers[name] ?? '');
  return {
    id: `${message}.${subscription.slice(subscription.lastIndexOf(':') + 1)}`,
    headers: {
      'x-amz-sns-message-id': message,
      ...(subscription !== '' && { 'x-amz-sns-subscription-arn': subscription }),
      'auto-submitted': 'auto-generated',
    },
  };
}
