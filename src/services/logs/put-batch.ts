import { Buffer } from 'node:buffer';
import type { RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { day, quotas } from './limits.ts';
import { invalidParameter } from './refusals.ts';

export interface InputEvent {
  readonly timestamp: EpochMilliseconds;
  readonly message: string;
}

export interface EncodedEvent {
  readonly timestamp: EpochMilliseconds;
  readonly payload: Uint8Array;
}

/** A batch sorted out by AWS's rules: what is taken, and which events at its ends are not. */
export interface SortedBatch {
  readonly accepted: readonly EncodedEvent[];
  readonly rejected: RejectedLogEventsInfo | undefined;
}

/**
 * Applies the rules of PutLogEvents: size, chronological order and span are errors of the whole batch; events too old,
 * expired by the group's retention or too far in the future are left out and reported.
 */
export function sortBatch(
  events: readonly InputEvent[],
  now: EpochMilliseconds,
  retentionInDays: number | undefined,
): SortedBatch {
  const encoded = events.map(({ timestamp, message }) => ({ timestamp, payload: Buffer.from(message) }));
  checkSize(encoded);
  checkOrder(encoded);
  const tooOld = countBefore(encoded, now - quotas.eventAge);
  const expired = retentionInDays === undefined ? 0 : countBefore(encoded, now - retentionInDays * day);
  const tooNew = countBefore(encoded, now + quotas.eventLead + 1);
  const accepted = encoded.slice(Math.max(tooOld, expired), tooNew);
  checkSpan(accepted);
  const rejected = {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
    ...(tooNew < encoded.length && { tooNewLogEventStartIndex: tooNew }),
  };
  return { accepted, rejected: Object.keys(rejected).length > 0 ? rejected : undefined };
}

function checkSize(events: readonly EncodedEvent[]): void {
  const bytes = events.reduce((sum, { payload }) => sum + payload.length + quotas.eventOverheadBytes, 0);
  if (bytes > quotas.batchBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${quotas.batchBytes}`);
  }
}

function checkOrder(events: readonly EncodedEvent[]): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const { timestamp } of events) {
    if (timestamp < before) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    before = timestamp;
  }
}

function checkSpan(events: readonly EncodedEvent[]): void {
  const span = (events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0);
  if (span > quotas.batchSpan) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

function countBefore(events: readonly EncodedEvent[], time: EpochMilliseconds): number {
  const index = events.findIndex(({ timestamp }) => timestamp >= time);
  return index < 0 ? events.length : index;
}
