import type { Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { CallSource } from '../../core/principal.ts';
import { type Authority, servicePrincipal } from '../../iam/index.ts';
import type { Transaction } from '../../store/index.ts';
import { checkMessage, type GivenMessage } from './message.ts';
import { queueRequest } from './operation.ts';
import { queueOfArn } from './queues.ts';
import type { SqsRuntime } from './runtime.ts';

export interface Delivery extends GivenMessage {
  /** Whom the message's SenderId names. */
  readonly sender: string;
  /** Who delivers, and for what: the queue's policy speaks of it. */
  readonly from: Scope & { readonly source: Extract<CallSource, { kind: 'service' }> };
}

/** What became of a delivery. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly messageId: string }
  /** `code` is SQS's: there is no such queue, it may not be sent to, or it does not take such a message. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** How other services of the installation put messages into queues. */
export interface QueuePort {
  /** In the transaction of what caused it: nothing is lost, and nothing doubled, whatever dies. Never throws for what was given. */
  deliver(transaction: Transaction, queueArn: string, delivery: Delivery): DeliveryOutcome;
}

export function createPort(runtime: SqsRuntime & { readonly authority: Authority }): QueuePort {
  return {
    deliver: (transaction, arn, { sender, from, ...given }) => {
      const queue = queueOfArn(runtime.ledger, arn);
      if (!queue) return { kind: 'refused', code: 'QueueDoesNotExist', message: `There is no queue ${arn}.` };
      const denied = denialOf(runtime, arn, from);
      if (denied !== undefined) return { kind: 'refused', code: 'AccessDenied', message: denied };
      try {
        const { messageId } = runtime.house.send(transaction, queue, checkMessage(queue, given), sender);
        return { kind: 'delivered', messageId };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return { kind: 'refused', code: error.code, message: error.message };
      }
    },
  };
}

function denialOf(
  runtime: SqsRuntime & { readonly authority: Authority },
  arn: string,
  { account, region, source }: Delivery['from'],
): string | undefined {
  const principal = servicePrincipal(account, source.service);
  const call = { account, region, principal, source, now: runtime.clock.now() };
  const decision = runtime.authority.decide(call, [queueRequest(runtime, 'SendMessage', arn)]);
  return decision.kind === 'deny' ? decision.message : undefined;
}
