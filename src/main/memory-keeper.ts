import type { Clock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Ledger, LedgerFailure, LoadedState, Store } from '../store/index.ts';

/** Internal errors within this time that show a fault which a rebuild does not mend. */
const hopeless = { errors: 10, within: 60_000 };

/** After a full disk, or a commit that fails even while memory is filled again, the next try is this much later. */
const retryAfter: Milliseconds = 5_000;

export interface MemoryKeeperOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fills every part of memory from what the store holds, lets the ledger take changes again, and sets all going. */
  readonly open: (loaded: LoadedState) => Promise<void>;
  /** Lets nothing decide or hear anything until the next `open`. */
  readonly pause: () => void;
  /** The server cannot go on: another one leads, or memory cannot be rebuilt. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Keeps memory equal to the store. When a commit fails, memory holds what the store does not: everything stops, memory is
 * rebuilt, and service goes on. While the disk is full, reads go on and writes are refused.
 */
export class MemoryKeeper {
  readonly #options: MemoryKeeperOptions;
  #rebuilding: Promise<void> | undefined;
  /** A commit that failed while memory was filled again: it must be filled once more. */
  #failedMeanwhile: CommitFailed | undefined;
  #closed = false;
  #internalErrors: readonly Milliseconds[] = [];

  constructor(options: MemoryKeeperOptions) {
    this.#options = options;
  }

  get ledger(): Ledger {
    return this.#options.ledger;
  }

  /** Whether memory is whole; while it is rebuilt, nothing can be served. */
  get ready(): boolean {
    return this.#rebuilding === undefined;
  }

  close(): void {
    this.#closed = true;
  }

  /** What went wrong with a transaction after its work had returned. An effect that failed leaves memory as it is. */
  onLedgerFailed(failure: LedgerFailure): void {
    if (failure.kind === 'commit') this.#onCommitFailed(failure.error);
    else if (failure.kind === 'damaged') this.onInternalError(failure.error);
    else this.#options.logger.error({ err: failure.error }, 'an effect failed after its commit');
  }

  /** A commit has failed. Many failures at once make one rebuild. */
  #onCommitFailed(error: CommitFailed): void {
    if (this.#closed) return;
    if (error.reason === 'lost-leadership' || error.reason === 'damaged') {
      this.#options.onFatal(error);
      return;
    }
    if (this.#rebuilding) {
      this.#failedMeanwhile = error;
      return;
    }
    this.#options.logger.error({ err: error }, 'a commit failed; memory is rebuilt from the store');
    this.#rebuild(error);
  }

  /** Something in memory broke its own rules: what the store holds is right. */
  onInternalError(error: unknown): void {
    if (this.#closed || error instanceof CommitFailed) return;
    const now = this.#options.clock.monotonic();
    this.#internalErrors = [...this.#internalErrors.filter((at) => now - at < hopeless.within), now];
    if (this.#internalErrors.length > hopeless.errors) {
      this.#options.onFatal(error);
      return;
    }
    this.#options.logger.error({ err: error }, 'an internal error; memory is rebuilt from the store');
    if (!this.#rebuilding) this.#rebuild(undefined);
  }

  #rebuild(cause: CommitFailed | undefined): void {
    this.#rebuilding = this.#reload(cause).catch((error) => {
      if (!this.#closed) this.#options.onFatal(error);
    });
  }

  async #reload(cause: CommitFailed | undefined): Promise<void> {
    const { store, ledger, clock, open, pause } = this.#options;
    pause();
    const isDiskFull = cause?.reason === 'disk-full';
    // A change taken in after `load` would be in the store and not in memory. Ended by `open`, once memory is filled.
    ledger.refuseChanges(isDiskFull ? cause : new CommitFailed('failed', 'memory is rebuilt from the store'));
    const loaded = await store.load();
    if (isDiskFull) {
      ledger.rebuild(loaded.records);
      store.resume();
      clock.after(retryAfter, () => this.#rebuild(undefined));
    } else {
      // Failures up to here are of what came before.
      this.#failedMeanwhile = undefined;
      await open(loaded);
    }
    this.#rebuilding = undefined;
    const failure = this.#failedMeanwhile;
    this.#failedMeanwhile = undefined;
    if (failure && !isDiskFull) clock.after(retryAfter, () => this.#rebuild(failure));
  }
}
