import type { EpochMilliseconds } from '../core/ids.ts';

/** Names a message: the number of its queue, and its own, which orders those of a queue. */
export interface MessagePlace {
  readonly queue: number;
  readonly id: number;
}

/** Changes with each receive. */
export interface MessageLease {
  /** Nobody is given it before. */
  readonly visibleAt: EpochMilliseconds;
  /** How often it was given to somebody. */
  readonly receives: number;
  /** When that was for the first time; 0 before. */
  readonly firstAt: EpochMilliseconds;
  /** Tells the last receive from others; 0 before the first. */
  readonly nonce: number;
}

/** What is small of a message in a queue of SQS: memory holds this of each. */
export interface QueueMessage extends MessagePlace, MessageLease {
  /** Which content it has; its own number, unless it was moved. */
  readonly content: number;
  readonly sentAt: EpochMilliseconds;
  readonly group?: string;
  /** The ARN of the queue that it was moved from. */
  readonly source?: string;
}

/** What a message brings, written once. */
export interface MessageContent {
  readonly number: number;
  readonly body: string;
  /** Versioned JSON of all that is not its body. */
  readonly rest: string;
}

/** That a message with this deduplication key was sent to a queue: until then another one is not. */
export interface SentBefore {
  readonly queue: number;
  readonly key: string;
  readonly until: EpochMilliseconds;
  readonly messageId: string;
  readonly sequence: number;
}

/** A place in the order in which what was sent before is loaded. */
export type SentBeforePlace = Pick<SentBefore, 'queue' | 'key'>;
