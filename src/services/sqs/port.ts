import { ServiceError } from '../../core/errors.ts';
import type { Ledger, Transaction } from '../../store/index.ts';
import type { QueueHouse } from './house.ts';
import { checkMessage, type GivenMessage } from './message.ts';
import { queueOfArn } from './queues.ts';

export interface Delivery extends GivenMessage {
  /** Whom the message's SenderId names. */
  readonly sender: string;
}

/** What became of a delivery. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly messageId: string }
  /** `code` is SQS's: there is no such queue, or it does not take such a message. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** How other services of the installation put messages into queues. */
export interface QueuePort {
  /** In the transaction of what caused it: nothing is lost, and nothing doubled, whatever dies. Never throws for what was given. */
  deliver(transaction: Transaction, queueArn: string, delivery: Delivery): DeliveryOutcome;
}

export function createPort(ledger: Ledger, house: QueueHouse): QueuePort {
  return {
    deliver: (transaction, arn, { sender, ...given }) => {
      const queue = queueOfArn(ledger, arn);
      if (!queue) return { kind: 'refused', code: 'QueueDoesNotExist', message: `There is no queue ${arn}.` };
      try {
        const { messageId } = house.send(transaction, queue, checkMessage(queue, given), sender);
        return { kind: 'delivered', messageId };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return { kind: 'refused', code: error.code, message: error.message };
      }
    },
  };
}
