import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { ServiceError } from '../../core/errors.ts';
import { limits } from './limits.ts';

interface BatchEntry {
  readonly Id: string;
}

/** Does each entry of a batch. One that is not right fails alone. */
export function doEach<Entry extends BatchEntry, Result>(entries: readonly Entry[], work: (entry: Entry) => Result) {
  checkBatch(entries);
  const Successful: Result[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    try {
      Successful.push(work(entry));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

function checkBatch(entries: readonly BatchEntry[]): void {
  const refuse = (code: string, message: string) => {
    throw new ServiceError(code, message);
  };
  if (entries.length === 0) refuse('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > limits.batch) {
    const message = `Maximum number of entries per request are ${limits.batch}. You have sent ${entries.length}.`;
    refuse('TooManyEntriesInBatchRequest', message);
  }
  const ids = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) {
      refuse(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(Id)) refuse('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    ids.add(Id);
  }
}
