import type { StoreUnavailable } from '../open-error.ts';
import type { ReadName } from '../reads.ts';
import type { Column } from './connection.ts';
import type { CommitFailure, Failure } from './failure.ts';

/** To the worker. Requests are served in the order in which they are sent: a read sees every batch sent before it. */
export type Request =
  | { readonly kind: 'write'; readonly id: number; readonly batch: readonly Column[] }
  | { readonly kind: 'read'; readonly id: number; readonly name: ReadName; readonly input: readonly unknown[] }
  | { readonly kind: 'take-lead'; readonly id: number }
  /** Answered late: writes and reads go on meanwhile. */
  | { readonly kind: 'back-up'; readonly id: number; readonly path: string }
  | { readonly kind: 'close'; readonly id: number };

/** What the main thread learns of a database that is open. */
export interface Opened {
  readonly installationId: string;
  /** Its own once it leads: see `OpenDatabase`. */
  readonly copied: boolean;
}

/** From the worker: one of the first two once, then an answer to each request, and notes for the log at any time. */
export type Reply =
  | ({ readonly kind: 'opened' } & Opened)
  | { readonly kind: 'note'; readonly words: string }
  | { readonly kind: 'unavailable'; readonly failure: Failure<StoreUnavailable['reason']> }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: CommitFailure };
