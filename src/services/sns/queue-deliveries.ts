import type { Scope } from '../../core/arn.ts';
import type { CallSource } from '../../core/principal.ts';
import type { Transaction } from '../../store/index.ts';
import type { Placed } from './fifo/index.ts';
import type { MessageAttribute } from './filter-policy/index.ts';

/** A message for a queue, as SQS's SendMessage takes it. */
export interface QueueMessage {
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, QueueAttribute>>;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly sender: string;
  readonly from: Scope & { readonly source: Extract<CallSource, { kind: 'service' }> };
}

interface QueueAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

type Outcome =
  | { readonly kind: 'delivered'; readonly messageId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Puts messages into queues, in the transaction that publishes them. */
export interface QueueDelivery {
  deliver(transaction: Transaction, queueArn: string, message: QueueMessage): Outcome;
}

export const noQueues: QueueDelivery = {
  deliver: (_transaction, arn) => ({
    kind: 'refused',
    code: 'QueueDoesNotExist',
    message: `There is no queue ${arn}.`,
  }),
};

/** FIFO queues are told the order, standard ones of a standard topic the group (developer guide, message grouping). */
export function placeIn(
  queueArn: string,
  { order, group }: Placed,
): Pick<QueueMessage, 'MessageGroupId' | 'MessageDeduplicationId'> {
  if (!order) return group === undefined ? {} : { MessageGroupId: group };
  if (!queueArn.endsWith('.fifo')) return {};
  return { MessageGroupId: order.group, MessageDeduplicationId: order.deduplicationId };
}

/** The attributes of a message as SQS has them. */
export function queueAttributes(
  attributes: Readonly<Record<string, MessageAttribute>>,
): Readonly<Record<string, QueueAttribute>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      type.startsWith('Binary')
        ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
        : { DataType: type, StringValue: value },
    ]),
  );
}
