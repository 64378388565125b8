import { parseArn, type Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { servicePrincipal } from '../../../iam/index.ts';
import type { Poster, PostOutcome, PostRequest } from './post.ts';

/** Calls an operation of another service, as `OperationRegistry.invoke` does. */
export type InvokeOperation = <Output>(
  service: string,
  operation: string,
  input: unknown,
  context: RequestContext,
) => Promise<Output>;

interface FunctionsOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly invoke?: InvokeOperation;
}

/** A poster that sends to functions what is for ARNs of Lambda, as asynchronous invocations, and all else by `poster`. */
export function withFunctions(poster: Poster, { invoke, ...parts }: FunctionsOptions): Poster {
  if (!invoke) return poster;
  return {
    post: (request, signal) =>
      request.endpoint.startsWith('arn:')
        ? invokeFor(request, { ...parts, invoke }, signal)
        : poster.post(request, signal),
    close: () => poster.close(),
  };
}

async function invokeFor(
  { endpoint, headers, body }: PostRequest,
  { clock, random, invoke }: Required<FunctionsOptions>,
  signal: AbortSignal,
): Promise<PostOutcome> {
  const scope = scopeOf(endpoint);
  const now = clock.now();
  const topicArn = headers['x-amz-sns-topic-arn'] ?? '';
  const subscriptionArn = headers['x-amz-sns-subscription-arn'] ?? '';
  const event = eventOf(body, subscriptionArn);
  try {
    await invoke(
      'lambda',
      'Invoke',
      { FunctionName: endpoint, InvocationType: 'Event', Payload: event },
      {
        ...{ ...scope, now, signal, requestId: uuidV7(now, random) },
        principal: servicePrincipal(scope.account, 'sns.amazonaws.com'),
        source: { kind: 'service', service: 'sns.amazonaws.com', arn: topicArn },
        // The id is the publication's: a delivery that is made again brings no second event.
        idempotencyKey: `sns:${subscriptionArn}:${headers['x-amz-sns-message-id'] ?? ''}`,
      },
    );
    return { kind: 'delivered' };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const mayGoWell = !(error instanceof ServiceError) || error.status >= 500 || error.status === 429;
    return { kind: mayGoWell ? 'failed' : 'refused', reason };
  }
}

function scopeOf(arn: string): Scope {
  const { account = '', region = '' } = parseArn(arn) ?? {};
  return { account: account as AccountId, region: region as Region };
}

/** The notification as AWS hands it to functions: members of links are spelt another way there, and those that are missing are null. */
function eventOf(body: string, subscriptionArn: string): string {
  const { SigningCertURL, UnsubscribeURL, MessageAttributes = {}, Subject = null, ...others } = JSON.parse(body);
  const told = {
    ...{ ...others, Subject, MessageAttributes },
    ...{ SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL },
  };
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns: told };
  return JSON.stringify({ Records: [record] });
}
