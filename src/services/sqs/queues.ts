import { parseArn, type Scope, scopeOf } from '../../core/arn.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Ledger } from '../../store/index.ts';
import { type QueueRecord, queueRecords } from './records.ts';
import { queueMissing } from './refusals.ts';

/** Account and name of a queue in its URL: the last two parts of the path, whatever the address is. */
export function readQueueUrl(text: string): { readonly account: string; readonly name: string } | undefined {
  const [, account, name] = /(?:^|\/)(\d{12})\/([\w-]{1,80}(?:\.fifo)?)\/?$/.exec(text.slice(0, 2048)) ?? [];
  return account === undefined || name === undefined ? undefined : { account, name };
}

/** The queue that a URL names in the region that was called. */
export function findQueue(ledger: Ledger, scope: Scope, url: string): QueueRecord {
  const found = readQueueUrl(url);
  const queue = found?.account === scope.account ? ledger.get(queueRecords, scope, found.name) : undefined;
  if (!queue) throw queueMissing();
  return queue;
}

/** The queue that an ARN names, in whatever region. */
export function queueOfArn(ledger: Ledger, arn: string): QueueRecord | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== 'sqs') return undefined;
  const scope = { account: parts.account as AccountId, region: parts.region as Region };
  return ledger.get(queueRecords, scope, parts.resource);
}

/** What due work needs to find a queue again. */
export interface QueuePlace extends Scope {
  readonly name: string;
  readonly number: number;
}

export function placeOf(record: QueueRecord): QueuePlace {
  return { ...scopeOf(record), name: record.name, number: record.number };
}
