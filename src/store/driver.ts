import type { CommitFailed } from '../core/errors.ts';
import type { InstallationId } from '../core/ids.ts';
import type { Change } from './changes.ts';
import type { BatchWriter, BeforeWrite } from './commit-queue.ts';
import type { ReadInput, ReadName, ReadOutput } from './reads.ts';

/** What keeps a store's data. `storeOn` makes a store of it; batches are made of its `Item`s. */
export interface Driver<Item> extends BatchWriter<Item> {
  readonly installationId: InstallationId;
  /**
   * Begins the next epoch and answers with it. Rejects with `CommitFailed`. Called until it has succeeded once. `onLost` may be
   * told of the loss before a batch is refused as `not-leading`; such a batch is a loss, too.
   */
  takeLead(onLost: (reason: CommitFailed) => void): Promise<number>;
  /** The name of every read. */
  readonly readNames: readonly ReadName[];
  /** Appends a change to a batch. All that the change holds is taken now: what becomes of it later changes nothing. */
  encode(change: Change, batch: Item[]): void;
  /** Answers from what the batches handed over so far have written. */
  read<Name extends ReadName>(name: Name, ...input: ReadInput<Name>): Promise<ReadOutput<Name>>;
  /** Puts off the closing of a batch, so that what one turn commits goes together. */
  endOfTurn(close: () => void): void;
  /** Asked before a batch is written. @default nothing is waited for */
  readonly beforeWrite?: BeforeWrite;
  /** Lets go of the data, after everything asked so far. */
  close(): Promise<void>;
}

/** Asks a driver once it has everything committed so far. */
export type Ask = <Name extends ReadName>(name: Name, ...input: ReadInput<Name>) => Promise<ReadOutput<Name>>;
