import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import type { AccountId, Arn, Region } from '../../core/ids.ts';
import { demand, invalidParameter } from './refusals.ts';

const topicName = /^[A-Za-z0-9_-]{1,256}$/;
const fifoName = /^[A-Za-z0-9_-]{1,251}\.fifo$/;

/** Checks the name of a topic that is to be made. */
export function checkTopicName(name: string, isFifo: boolean): void {
  demand(isFifo || topicName.test(name), 'Topic Name');
  demand(
    !isFifo || fifoName.test(name),
    'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.',
  );
}

export function topicArn(scope: Scope, name: string): Arn {
  return formatArn('sns', scope, name);
}

/** A place and a key in it, as an ARN says them. */
export interface Located extends Scope {
  readonly name: string;
}

/** Reads the ARN of a topic. `member` names it in refusals. */
export function readTopicArn(text: string, member = 'TopicArn'): Located {
  const { scope, resource } = readArn(text, member);
  demand(!resource.includes(':') && resource !== '', member);
  return { ...scope, name: resource };
}

/** Reads the ARN of a subscription: its topic's and a UUID. */
export function readSubscriptionArn(text: string): Located {
  const { scope, resource } = readArn(text, 'SubscriptionArn');
  const [, name] = /^[^:]+:([0-9a-f-]{36})$/.exec(resource) ?? [];
  if (name === undefined) throw invalidParameter('SubscriptionId');
  return { ...scope, name };
}

function readArn(text: string, member: string): { readonly scope: Scope; readonly resource: string } {
  const elements = text.split(':').length;
  demand(elements >= 6, `${member} Reason: An ARN must have at least 6 elements, not ${elements}`);
  const arn = parseArn(text);
  demand(arn?.service === 'sns' && arn.region !== '' && arn.account !== '', member);
  return { scope: { account: arn.account as AccountId, region: arn.region as Region }, resource: arn.resource };
}
