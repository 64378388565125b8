import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { QueueMessage } from '../../../store/index.ts';

/** A message as memory knows it: all but its content. */
export interface Entry {
  readonly id: number;
  /** The number of its content. */
  readonly content: number;
  readonly sentAt: EpochMilliseconds;
  readonly group: string | undefined;
  readonly source: string | undefined;
  receives: number;
  firstAt: EpochMilliseconds;
  nonce: number;
  /** `leased`: somebody has it. `gone`: it is in no queue any more, though a list may still hold it. */
  place: 'visible' | 'delayed' | 'leased' | 'gone';
  /** When it is visible again, by the monotonic clock; what is visible has none. */
  dueAt: Milliseconds;
}

/** What the store knows of a message. `visibleAt` is wall time, which outlives the process. */
export function toStored(queue: number, entry: Entry, visibleAt: EpochMilliseconds): QueueMessage {
  const { id, content, sentAt, group, source, receives, firstAt, nonce } = entry;
  return {
    ...{ queue, id, content, visibleAt, receives, firstAt, nonce, sentAt },
    ...(group === undefined ? {} : { group }),
    ...(source === undefined ? {} : { source }),
  };
}
