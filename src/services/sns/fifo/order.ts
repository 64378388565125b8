import { createHash } from 'node:crypto';
import type { TopicRecord } from '../records.ts';
import { demand, invalidParameter } from '../refusals.ts';

/** Of a FIFO topic: whose order a message keeps, and by what it is known again. */
export interface Order {
  readonly group: string;
  readonly deduplicationId: string;
}

/** What a caller gives of it. */
interface GivenOrder {
  readonly Message: string;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

/** What a message's place is: in a group of its FIFO topic, or, of a standard topic, what its queues are told of fairness. */
export interface Placed {
  readonly order?: Order;
  readonly group?: string;
}

export function isFifo({ name }: Pick<TopicRecord, 'name'>): boolean {
  return name.endsWith('.fifo');
}

/** Checks what a message says of its order, in AWS's words. */
export function placeOf(topic: Pick<TopicRecord, 'name' | 'attributes'>, given: GivenOrder): Placed {
  const { MessageGroupId: group, MessageDeduplicationId: id } = given;
  if (group !== undefined) demandId('MessageGroupId', group);
  if (!isFifo(topic)) {
    demand(
      id === undefined,
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
    return group === undefined ? {} : { group };
  }
  if (group === undefined) throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  return { order: { group, deduplicationId: deduplicationIdOf(topic, given) }, group };
}

/** SNS tells messages apart by this, or by the hash of their body alone. */
function deduplicationIdOf({ attributes }: Pick<TopicRecord, 'attributes'>, given: GivenOrder): string {
  const { Message: body, MessageDeduplicationId: id } = given;
  if (id !== undefined) {
    demandId('MessageDeduplicationId', id);
    return id;
  }
  demand(
    attributes.ContentBasedDeduplication === 'true',
    'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
  return createHash('sha256').update(body).digest('hex');
}

function demandId(member: string, id: string): void {
  demand(
    /^[\x21-\x7e]{1,128}$/.test(id),
    `${member} Reason: ${member} can only include alphanumeric and punctuation characters. 1 to 128 in length`,
  );
}
