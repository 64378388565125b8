import type {
  BatchResultErrorEntry,
  PublishBatchCommandInput,
  PublishBatchCommandOutput,
  PublishBatchResultEntry,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import { isFifo, type Numbered } from '../fifo/index.ts';
import { checkMessage, longestMessage } from '../message.ts';
import { snsOperation, topicAccess } from '../operation.ts';
import { publishInOrder } from '../ordered-publication.ts';
import { newPosting, type Posting, publishAll } from '../publication.ts';
import type { TopicRecord } from '../records.ts';
import type { SnsRuntime } from '../runtime.ts';
import { messageMembers, queryList } from '../shapes.ts';
import { findTopic } from '../topics.ts';

const entrySchema = z.object({
  Id: z.string(),
  ...messageMembers,
});

type Entry = z.infer<typeof entrySchema>;

const mostEntries = 10;

/** Publishes up to ten messages. One that is not right fails alone; the others are committed together. */
export const publishBatch = snsOperation<PublishBatchCommandInput, PublishBatchCommandOutput>()({
  schema: z.object({ TopicArn: z.string(), PublishBatchRequestEntries: queryList(entrySchema) }),
  readOnly: false,
  audit: { kind: 'data', hide: ['Message', 'MessageAttributes', 'Subject'] },
  access: topicAccess('Publish'),
  handler: async (runtime, { TopicArn, PublishBatchRequestEntries: entries }, context) => {
    checkBatch(entries);
    const topic = findTopic(runtime.ledger, context, TopicArn);
    const read = entries.map((entry) => readEntry(runtime, topic, entry));
    const postings = read.flatMap((each) => ('posting' in each ? [each.posting] : []));
    const total = postings.reduce((sum, { message }) => sum + message.bytes, 0);
    if (total > longestMessage) {
      refuseBatch('BatchRequestTooLong', 'The length of all the batch messages put together is more than the limit.');
    }
    const numbered = await publishEach(runtime, topic, postings);
    return {
      Successful: read.flatMap((each) => ('posting' in each ? [succeeded(each.id, numbered(each.posting))] : [])),
      Failed: read.flatMap((each) => ('failure' in each ? [each.failure] : [])),
    };
  },
});

function checkBatch(entries: readonly Entry[]): void {
  if (entries.length === 0) refuseBatch('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (entries.length > mostEntries) {
    refuseBatch('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  }
  if (!entries.every(({ Id }) => /^[A-Za-z0-9_-]{1,80}$/.test(Id))) {
    refuseBatch(
      'InvalidBatchEntryId',
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    refuseBatch('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
}

function refuseBatch(code: string, message: string): never {
  throw new ServiceError(code, message);
}

type ReadEntry =
  | { readonly id: string; readonly posting: Posting }
  | { readonly id: string; readonly failure: BatchResultErrorEntry };

function readEntry(runtime: SnsRuntime, topic: TopicRecord, entry: Entry): ReadEntry {
  try {
    return { id: entry.Id, posting: newPosting(runtime, checkMessage(topic, entry)) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message } = error;
    return { id: entry.Id, failure: { Id: entry.Id, Code: code, Message: message, SenderFault: true } };
  }
}

type Answered = Pick<Numbered, 'messageId'> & Partial<Numbered>;

/** Publishes all in one commit, and answers what each is answered with. */
async function publishEach(
  runtime: SnsRuntime,
  topic: TopicRecord,
  postings: readonly Posting[],
): Promise<(posting: Posting) => Answered> {
  const ordered = postings.flatMap((posting) => {
    const { order } = posting.message;
    return order ? [{ ...posting, order }] : [];
  });
  if (!isFifo(topic)) {
    await publishAll(runtime, topic, postings);
    return (posting) => posting;
  }
  const numbered = await publishInOrder(runtime, topic, ordered);
  const answers = new Map(ordered.map(({ messageId }, index) => [messageId, numbered[index]]));
  return (posting) => answers.get(posting.messageId) ?? posting;
}

function succeeded(id: string, { messageId, sequence }: Answered): PublishBatchResultEntry {
  return { Id: id, MessageId: messageId, ...(sequence !== undefined && { SequenceNumber: sequence }) };
}
