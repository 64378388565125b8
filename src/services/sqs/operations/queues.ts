import type {
  CreateQueueCommandInput,
  CreateQueueCommandOutput,
  DeleteQueueCommandInput,
  DeleteQueueCommandOutput,
  GetQueueUrlCommandInput,
  GetQueueUrlCommandOutput,
  ListDeadLetterSourceQueuesCommandInput,
  ListDeadLetterSourceQueuesCommandOutput,
  ListQueuesCommandInput,
  ListQueuesCommandOutput,
  PurgeQueueCommandInput,
  PurgeQueueCommandOutput,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { formatArn, type Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { AccountId } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { pageFrom } from '../../../core/page.ts';
import { requestTagConditions } from '../../../core/tags.ts';
import { textMapOf, textOf } from '../../../core/unvalidated.ts';
import { pauseAfter } from '../limits.ts';
import { queueAccess, queueRequest, sqsOperation } from '../operation.ts';
import { checkNew, difference } from '../queue-attributes.ts';
import { findQueue } from '../queues.ts';
import { deletedQueueRecords, type QueueRecord, queueArn, queueRecords } from '../records.ts';
import { demandRange, invalid, invalidValue, queueMissing } from '../refusals.ts';
import type { SqsRuntime } from '../runtime.ts';
import { number, textMap } from '../shapes.ts';
import { checkTags } from '../tags.ts';

function urlOf({ baseUrl }: SqsRuntime, { account, name }: Pick<QueueRecord, 'account' | 'name'>): string {
  return `${baseUrl()}/${account}/${name}`;
}

export const createQueue = sqsOperation<CreateQueueCommandInput, CreateQueueCommandOutput>()({
  schema: z.object({ QueueName: z.string(), Attributes: textMap.optional(), tags: textMap.optional() }),
  readOnly: false,
  audit: 'management',
  access: (_runtime, { QueueName, tags }, context) => {
    const arn = formatArn('sqs', context, textOf(QueueName) ?? '*');
    const given = Object.entries(textMapOf(tags) ?? {});
    const conditions = requestTagConditions(given);
    const create = { action: 'sqs:CreateQueue', resource: arn, conditions };
    return given.length === 0 ? [create] : [create, { action: 'sqs:TagQueue', resource: arn, conditions }];
  },
  handler: (runtime, { QueueName: name, Attributes: given = {}, tags = {} }, context) => {
    const { ledger, random } = runtime;
    if (!/^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(name)) {
      throw invalidValue(
        'QueueName',
        name,
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    const { account, region, now } = context;
    const queueNumber = Buffer.from(random.bytes(6)).readUIntBE(0, 6);
    const fresh = { account, region, name, number: queueNumber, attributes: {}, tags, createdAt: now, changedAt: now };
    const attributes = checkNew(ledger, fresh, given);
    checkTags(tags);
    const present = ledger.get(queueRecords, context, name);
    if (present) checkSame(present, given);
    else {
      checkFree(runtime, context, name);
      ledger.transact((transaction) => transaction.put(queueRecords, { ...fresh, attributes }));
    }
    return { QueueUrl: urlOf(runtime, { account, name }) };
  },
});

function checkSame(queue: QueueRecord, asked: Readonly<Record<string, string>>): void {
  const name = difference(queue, asked);
  if (name === undefined) return;
  const message = `A queue already exists with the same name and a different value for attribute ${name}`;
  throw new ServiceError('QueueNameExists', message);
}

function checkFree({ ledger, clock }: SqsRuntime, scope: Scope, name: string): void {
  const deleted = ledger.get(deletedQueueRecords, scope, name);
  // Its row goes when its minute is over, or a little later.
  if (!deleted || Math.abs(clock.now() - deleted.deletedAt) >= pauseAfter) return;
  const message = 'You must wait 60 seconds after deleting a queue before you can create another with the same name.';
  throw new ServiceError('QueueDeletedRecently', message);
}

export const deleteQueue = sqsOperation<DeleteQueueCommandInput, DeleteQueueCommandOutput>()({
  schema: z.object({ QueueUrl: z.string() }),
  readOnly: false,
  audit: 'management',
  access: queueAccess('DeleteQueue'),
  handler: ({ ledger, house }, { QueueUrl }, context) => {
    const queue = findQueue(ledger, context, QueueUrl);
    ledger.transact((transaction) => {
      transaction.delete(queueRecords, queue, queue.name);
      house.sweeps.forget(transaction, queue);
      transaction.onAccepted(() => house.drop(queue));
    });
    return {};
  },
});

export const purgeQueue = sqsOperation<PurgeQueueCommandInput, PurgeQueueCommandOutput>()({
  schema: z.object({ QueueUrl: z.string() }),
  readOnly: false,
  audit: 'management',
  access: queueAccess('PurgeQueue'),
  handler: ({ ledger, house, clock }, { QueueUrl }, context) => {
    const queue = findQueue(ledger, context, QueueUrl);
    const now = clock.now();
    if (queue.purged && Math.abs(now - queue.purged.at) < pauseAfter) {
      const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
      throw new ServiceError('PurgeQueueInProgress', message);
    }
    const through = house.lastNumber;
    ledger.transact((transaction) => {
      transaction.put(queueRecords, { ...queue, purged: { through, at: now } });
      house.sweeps.clear(transaction, queue.number, through);
      transaction.onAccepted(() => house.of(queue).clear());
    });
    return {};
  },
});

export const getQueueUrl = sqsOperation<GetQueueUrlCommandInput, GetQueueUrlCommandOutput>()({
  schema: z.object({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: (runtime, { QueueName, QueueOwnerAWSAccountId: owner }, context) => {
    const account = (textOf(owner) ?? context.account) as AccountId;
    return [queueRequest(runtime, 'GetQueueUrl', formatArn('sqs', { ...context, account }, textOf(QueueName) ?? '*'))];
  },
  handler: (runtime, { QueueName, QueueOwnerAWSAccountId: owner = '' }, context) => {
    const isOurs = owner === '' || owner === context.account;
    const queue = isOurs ? runtime.ledger.get(queueRecords, context, QueueName) : undefined;
    if (!queue) throw queueMissing();
    return { QueueUrl: urlOf(runtime, queue) };
  },
});

const pageMembers = { NextToken: z.string().optional(), MaxResults: number.optional() };
const longestPage = 1_000;

interface PageAsked {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** Without `MaxResults` there is one page, and no token. */
function urlsOf(
  runtime: SqsRuntime,
  kind: string,
  after: (name: string | undefined) => Iterable<QueueRecord>,
  { NextToken: token, MaxResults: most }: PageAsked,
): { readonly urls: string[]; readonly NextToken?: string } {
  if (most !== undefined) demandRange('MaxResults', most, [1, longestPage]);
  const refuse = (): never => {
    throw invalid('Invalid or expired next token.');
  };
  const page = pageFrom(after, ({ name }) => name, {
    kind,
    size: most ?? longestPage,
    token: token || undefined,
    refuse,
  });
  const urls = page.items.map((queue) => urlOf(runtime, queue));
  return { urls, ...(most !== undefined && page.nextToken !== undefined && { NextToken: page.nextToken }) };
}

export const listQueues = sqsOperation<ListQueuesCommandInput, ListQueuesCommandOutput>()({
  schema: z.object({ QueueNamePrefix: z.string().optional(), ...pageMembers }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  handler: (runtime, { QueueNamePrefix: prefix = '', ...asked }, context: RequestContext) => {
    const after = (name: string | undefined) => named(runtime, context, prefix, name);
    const { urls, NextToken } = urlsOf(runtime, 'queues', after, asked);
    return { ...(urls.length > 0 && { QueueUrls: urls }), ...(NextToken !== undefined && { NextToken }) };
  },
});

/** Queues in the order of their names; those with a prefix stand together. */
function* named({ ledger }: SqsRuntime, scope: Scope, prefix: string, after: string | undefined) {
  // Before the first name with the prefix none is longer than it and begins so.
  const from = after ?? (prefix === '' ? undefined : `${prefix.slice(0, -1)}${before(prefix.slice(-1))}`);
  for (const queue of ledger.by(queueRecords, scope, 'name', { after: from })) {
    if (queue.name.startsWith(prefix)) yield queue;
    else if (queue.name > prefix) return;
  }
}

/** A text behind which everything that begins with `last` stands. */
function before(last: string): string {
  return String.fromCharCode(last.charCodeAt(0) - 1).concat('\uffff');
}

export const listDeadLetterSourceQueues = sqsOperation<
  ListDeadLetterSourceQueuesCommandInput,
  ListDeadLetterSourceQueuesCommandOutput
>()({
  schema: z.object({ QueueUrl: z.string(), ...pageMembers }),
  readOnly: true,
  audit: 'management',
  access: queueAccess('ListDeadLetterSourceQueues'),
  handler: (runtime, { QueueUrl, ...asked }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    const value = queueArn(queue);
    const after = (name: string | undefined) =>
      runtime.ledger.by(queueRecords, context, 'deadLetters', { value, after: name });
    const { urls: queueUrls, NextToken } = urlsOf(runtime, 'sources', after, asked);
    return { queueUrls, ...(NextToken !== undefined && { NextToken }) };
  },
});
