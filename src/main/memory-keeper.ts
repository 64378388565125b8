import type { CancelTimer, Clock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Change, Ledger, LedgerFailure, LoadedState, Store } from '../store/index.ts';

/** Internal errors within this time that show a fault which a rebuild does not mend. */
const hopeless = { errors: 10, within: 60_000 };

/** After a full disk, a lead that was not to be had, or a failure as soon as all went on, the next try is this much later. */
const retryAfter: Milliseconds = 5_000;

/** Changes nothing, and yet must be written: whether there is room again. */
const nothing: Change = { kind: 'forgotten.trim', limit: 0 };

export interface MemoryKeeperOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Makes every part of memory what the store holds. Nothing begins, nothing is changed. Calls `onForgotten` once no part
   * holds anything of before any more, though not yet all that the store has.
   */
  readonly fill: (loaded: LoadedState, onForgotten: () => void) => Promise<void>;
  /** Sets all going; changes are taken again. Called with what `fill` had last. */
  readonly begin: (loaded: LoadedState) => Promise<void>;
  /** Lets nothing decide or hear anything until the next `begin`. */
  readonly pause: () => void;
  /** The server cannot go on: the database is damaged, or memory cannot be rebuilt. */
  readonly onFatal: (error: unknown) => void;
}

/** What keeps a server from leading, and lets it read. */
const readsOn = ['disk-full', 'lost-commits', 'not-leading'] as const satisfies readonly CommitFailed['reason'][];

type Cause = { readonly kind: 'commit'; readonly error: CommitFailed } | { readonly kind: 'internal' };

/**
 * Keeps memory equal to the store. When a commit fails, memory holds what the store does not: everything stops, memory is
 * filled from the store; reads go on as soon as it holds nothing but what is durable, and all the rest once it is full. One
 * such rebuild is under way at a time; what goes wrong
 * meanwhile makes one more after it. While the disk is full memory stays filled and waits: reads go on, changes are refused.
 *
 * The same without the lead of the store. One that the disk has no room for is tried again; one that the store refuses, or that
 * was lost, is not: then nothing begins until the server is started anew.
 */
export class MemoryKeeper {
  readonly #options: MemoryKeeperOptions;
  /** Why memory must be filled anew; undefined once that has begun. */
  #cause: Cause | undefined;
  #working = false;
  /** Looks whether there is room or a lead now: until there is, memory stays as it is. */
  #trying = false;
  /** Why this server does not lead. */
  #unled: CommitFailed | undefined;
  /** Present while memory may hold what the store does not. */
  #stale: PromiseWithResolvers<void> | undefined;
  /** All went on and failed at once, or the disk is full: before the next try it waits. */
  #careful = false;
  #cancelRetry: CancelTimer | undefined;
  #closed = false;
  #internalErrors: readonly Milliseconds[] = [];

  constructor(options: MemoryKeeperOptions) {
    this.#options = options;
  }

  get ledger(): Ledger {
    return this.#options.ledger;
  }

  /**
   * Why changes are refused that another server, or this one in a moment, would take. On a full disk they are refused in its
   * own words.
   */
  get unready(): string | undefined {
    if ((this.#working && !this.#trying) || this.#stale) return 'memory is rebuilt from the store';
    return this.#unled?.reason === 'not-leading' ? 'it no longer leads its installation' : undefined;
  }

  /** Why nothing begins, in words for whoever waits. */
  get hold(): string | undefined {
    return this.#unled?.message;
  }

  /** Resolves once memory holds nothing but what is durable, or may become so: at once, unless a commit has failed. */
  readable(): Promise<void> {
    return this.#stale?.promise ?? Promise.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#stale?.reject(new CommitFailed('failed', 'the server is about to stop'));
  }

  /**
   * What memory is filled with at start: read when this server leads, so that nobody else changes it, or cannot. Rejects if
   * neither.
   */
  async load(): Promise<LoadedState> {
    const { logger, store } = this.#options;
    await this.#takeLead();
    if (this.#unled) logger.warn({}, `${this.#unled.message}; this server only reads for now`);
    return store.load();
  }

  /** Begins with what was loaded at start, as after a failed commit. Rejects when memory cannot be filled, or nothing can begin. */
  open(loaded: LoadedState): Promise<void> {
    return this.#work(() => this.#fill(loaded));
  }

  /** What went wrong with a transaction after its work had returned. An effect that failed leaves memory as it is. */
  onLedgerFailed(failure: LedgerFailure): void {
    if (failure.kind === 'commit') this.#onCommitFailed(failure.error);
    else if (failure.kind === 'damaged') this.onInternalError(failure.error);
    else this.#options.logger.error({ err: failure.error }, 'an effect failed after its commit');
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
    this.#rebuild({ kind: 'internal' });
  }

  /** A commit has failed. Many failures at once make one rebuild. */
  #onCommitFailed(error: CommitFailed): void {
    if (this.#closed) return;
    if (error.reason === 'damaged') {
      this.#options.onFatal(error);
      return;
    }
    if (!this.#stale) {
      this.#stale = Promise.withResolvers();
      // Nobody need wait for it.
      this.#stale.promise.catch(() => {});
      this.#options.logger.error(detailsOf(error), 'a commit failed; memory is rebuilt from the store');
    }
    this.#rebuild({ kind: 'commit', error });
  }

  /** Another server may change all that this one knows. Its memory is filled once more, since commits may have failed. */
  #onLeadLost(reason: CommitFailed): void {
    if (this.#closed || this.#unled) return;
    this.#unled = reason;
    const words =
      'this server leads no more: it changes nothing and places no job until it is started again; reads go on';
    this.#options.logger.error(detailsOf(reason), words);
    this.#onCommitFailed(reason);
  }

  /** Does nothing but say why, if the store may be read without. */
  async #takeLead(): Promise<void> {
    const { store, ledger } = this.#options;
    try {
      const { lost } = await store.takeLead();
      this.#unled = undefined;
      void lost.then((reason) => this.#onLeadLost(reason));
    } catch (error) {
      if (!(error instanceof CommitFailed && readsOn.some((reason) => reason === error.reason))) throw error;
      this.#unled = error;
      ledger.refuseChanges(error);
    }
  }

  #rebuild(cause: Cause): void {
    const { pause, ledger } = this.#options;
    this.#cause = cause;
    pause();
    // A change taken in after `load` would be in the store and not in memory.
    ledger.refuseChanges(refusalOf(cause));
    if (!this.#working) this.#workOrEnd(() => this.#fill());
  }

  #workOrEnd(work: () => Promise<void>): void {
    this.#work(work).catch((error) => {
      if (!this.#closed) this.#options.onFatal(error);
    });
  }

  /** One piece of work at a time. What goes wrong before this says that it is over is filled again here: nobody else would. */
  async #work(work: () => Promise<void>): Promise<void> {
    this.#working = true;
    try {
      for (let next = work; ; next = () => this.#fill()) {
        this.#cancelRetry?.();
        this.#cancelRetry = undefined;
        await next();
        // No wait between this look and the end: a failure in between would find somebody at work, and be lost.
        if (!this.#cause || this.#closed) return;
      }
    } finally {
      this.#working = false;
    }
  }

  async #fill(first?: LoadedState): Promise<void> {
    const { store, ledger, fill } = this.#options;
    for (let next = first; ; next = undefined) {
      const cause = this.#cause;
      this.#cause = undefined;
      const loaded = next ?? (await store.load());
      await fill(loaded, () => this.#readAgain());
      if (this.#closed) return;
      if (this.#cause) continue;
      if (this.#unled) {
        ledger.refuseChanges(this.#unled);
        this.#leadLater();
        return;
      }
      if (cause?.kind === 'commit' && cause.error.reason === 'disk-full') this.#careful = true;
      if (this.#careful) {
        this.#retryLater(loaded);
        return;
      }
      await this.#begin(loaded);
      if (!this.#cause) return;
    }
  }

  /** What memory lacks is asked of the store: reads need not wait until all is filled. The ledger still refuses changes. */
  #readAgain(): void {
    if (this.#closed) return;
    this.#options.store.resume();
    this.#stale?.resolve();
    this.#stale = undefined;
  }

  /** `#cause` says whether it failed. */
  async #begin(loaded: LoadedState): Promise<void> {
    this.#careful = false;
    this.#options.ledger.refuseChanges(undefined);
    try {
      await this.#options.begin(loaded);
    } catch (error) {
      // A commit failed meanwhile, and a change after it was refused: all of it is done again.
      if (!(error instanceof CommitFailed)) throw error;
      if (!this.#cause) {
        if (error.reason !== 'disk-full') throw error;
        // Files of what begins, for which there was no room.
        this.#options.logger.error({ err: error }, 'not all can begin');
        this.#rebuild({ kind: 'commit', error });
      }
    }
    if (this.#cause) this.#careful = true;
  }

  #retryLater(loaded: LoadedState): void {
    this.#tryLater(() => this.#retry(loaded));
  }

  /** Only room comes by itself. */
  #leadLater(): void {
    if (this.#unled?.reason === 'disk-full') this.#tryLater(() => this.#retryLead());
  }

  #tryLater(work: () => Promise<void>): void {
    this.#cancelRetry = this.#options.clock.after(retryAfter, () => this.#workOrEnd(work));
  }

  async #try(attempt: () => Promise<void>): Promise<void> {
    this.#trying = true;
    try {
      await attempt();
    } finally {
      this.#trying = false;
    }
  }

  /** What was loaded before was another's to change. */
  async #retryLead(): Promise<void> {
    await this.#try(() => this.#takeLead());
    if (this.#closed) return;
    if (this.#unled) {
      this.#leadLater();
      return;
    }
    this.#options.logger.info({}, 'there is room again: this server leads, and all goes on');
    await this.#fill();
  }

  /** Memory still is what the store holds: nothing was changed since. */
  async #retry(loaded: LoadedState): Promise<void> {
    const { store } = this.#options;
    try {
      await this.#try(() => store.commit([nothing]));
    } catch {
      // Nothing of memory was in it.
      store.resume();
      if (!this.#cause && !this.#closed) this.#retryLater(loaded);
    }
    if (this.#closed || this.#cancelRetry) return;
    if (!this.#cause) await this.#begin(loaded);
    if (this.#cause) await this.#fill();
  }
}

/** What is known to happen is told in words; of what is not, where it came from as well. */
function detailsOf(error: CommitFailed): object {
  return error.reason === 'failed' ? { err: error } : { reason: error.reason, why: error.message };
}

/** What callers are told who would change something meanwhile. */
function refusalOf(cause: Cause): CommitFailed {
  if (cause.kind === 'commit' && cause.error.reason !== 'failed') return cause.error;
  return new CommitFailed('failed', 'memory is rebuilt from the store');
}
