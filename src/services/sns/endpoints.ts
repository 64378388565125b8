import { isLinkLocal } from './deliveries/index.ts';
import { isFifo } from './fifo/index.ts';
import type { TopicRecord } from './records.ts';
import { demand, invalidParameter } from './refusals.ts';
import type { SnsRuntime } from './runtime.ts';

/** What AWS delivers to and this version does not. */
const unserved: ReadonlySet<string> = new Set(['application', 'firehose', 'sms']);

type Parts = Pick<SnsRuntime, 'allowLinkLocal' | 'sendsMail'>;
type Check = (endpoint: string, parts: Parts, topic: Pick<TopicRecord, 'name'>) => void;

const checks: Readonly<Record<string, Check>> = {
  http: (endpoint, parts) => checkUrl('http', endpoint, parts),
  https: (endpoint, parts) => checkUrl('https', endpoint, parts),
  sqs: checkQueue,
  lambda: checkFunction,
  email: checkAddress,
  'email-json': checkAddress,
};

/** Checks where a subscription wants to be delivered to, in AWS's words. */
export function checkEndpoint(
  parts: Parts,
  topic: Pick<TopicRecord, 'name'>,
  protocol: string,
  endpoint: string | undefined,
): string {
  if (unserved.has(protocol)) {
    throw invalidParameter(
      `Protocol Reason: this version of Batchyard delivers to http and https endpoints, to SQS, to Lambda and by email, not to ${protocol}`,
    );
  }
  const check = Object.hasOwn(checks, protocol) ? checks[protocol] : undefined;
  if (!check) throw invalidParameter(`Does not support this protocol string: ${protocol}`);
  demand(
    !isFifo(topic) || protocol === 'sqs',
    `Invalid protocol type: ${protocol} Reason: FIFO topics deliver to queues of SQS`,
  );
  const given = endpoint !== undefined && endpoint.length <= 2048 ? endpoint : '';
  check(given, parts, topic);
  return given;
}

function checkUrl(protocol: string, endpoint: string, { allowLinkLocal }: Parts): void {
  demand(new RegExp(`^${protocol}://`, 'i').test(endpoint), 'Endpoint must match the specified protocol');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  demand(url && url.hostname !== '', 'Endpoint Reason: Not a valid URL');
  demand(allowLinkLocal || !isLinkLocal(url.hostname), 'Endpoint Reason: link-local addresses are not delivered to');
}

/** Whether there is such a queue is seen when something is delivered, as on AWS. */
function checkQueue(arn: string, _parts: Parts, topic: Pick<TopicRecord, 'name'>): void {
  demand(/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]{1,80}(\.fifo)?$/.test(arn), 'SQS endpoint ARN');
  demand(
    isFifo(topic) || !arn.endsWith('.fifo'),
    'Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
  );
}

/** The same of a function. */
function checkFunction(arn: string): void {
  demand(/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]{1,128})?$/.test(arn), 'Lambda endpoint ARN');
}

/** An address as it is written between angle brackets: without a name, quotes, or anything that could begin another header. */
function checkAddress(address: string, { sendsMail }: Parts): void {
  demand(
    sendsMail,
    'Protocol Reason: no mail server is configured: email and email-json need the options sns.smtp.url and sns.smtp.from',
  );
  demand(
    /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(address),
    'Email address',
  );
}
