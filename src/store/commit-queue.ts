import { CommitFailed } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';

/** Makes one batch durable, whole or not at all. Called again only after the promise of the call before has settled. */
export interface BatchWriter<Item> {
  /** Takes the batch over before it returns. Rejects with `CommitFailed`. */
  write(batch: readonly Item[]): Promise<void>;
}

/** What a commit adds to. */
export interface OpenBatch<Item> {
  readonly items: Item[];
  /**
   * Called once, when the batch closes, to append to `items`: the last one given for a key. For what many commits change
   * and is dear to encode.
   */
  readonly late: Map<string, () => void>;
}

interface Batch<Item> extends OpenBatch<Item> {
  readonly durable: PromiseWithResolvers<void>;
  /** Called when the writer has the batch, or when it will never get it. */
  readonly handedOver: (() => void)[];
}

/** Asked when a batch has closed. The writer gets it once what is answered has resolved; undefined: at once. */
export type BeforeWrite = () => undefined | Promise<void>;

const notYetLeading = new CommitFailed('not-leading', 'this server does not lead: it reads, and changes nothing');

/**
 * Group commit, the same for every driver. Closed to commits until `admit()`, and for good after `bar()`. Changes gather in the
 * open batch, which closes when the writer is free. When
 * a batch fails, so does everything committed after it, since it was built on what was lost, until `resume()`.
 * All commits of one batch share one promise, so that a commit costs little more than the encoding of its changes.
 */
export class CommitQueue<Item> {
  readonly #writer: BatchWriter<Item>;
  readonly #endOfTurn: (close: () => void) => void;
  readonly #beforeWrite: BeforeWrite;
  #open: Batch<Item> | undefined;
  #writing: Batch<Item> | undefined;
  /** It has closed, and the writer has it not yet. */
  #held: Batch<Item> | undefined;
  #refusal: Promise<never> | undefined;
  /** Unlike a failure it says nothing of what was committed before: that stays settled, and `resume()` ends it not. */
  #bar: Promise<never> | undefined = rejected(notYetLeading);
  #closed = false;

  /** `endOfTurn` puts off the closing of a batch while the writer is free: what one turn commits then goes together. */
  constructor(
    writer: BatchWriter<Item>,
    endOfTurn: (close: () => void) => void,
    beforeWrite: BeforeWrite = () => undefined,
  ) {
    this.#beforeWrite = beforeWrite;
    this.#writer = writer;
    this.#endOfTurn = endOfTurn;
  }

  /** Adds to the open batch what `encode` appends. Rejects with `CommitFailed`; if `encode` throws, that is a failure too. */
  commit(encode: (batch: OpenBatch<Item>) => void): Promise<void> {
    if (this.#closed) return rejected(new CommitFailed('failed', 'the store is closed'));
    const refusal = this.#refusal ?? this.#bar;
    if (refusal) return refusal;
    const batch = this.#open ?? this.#begin();
    this.#tryToEncode(() => encode(batch));
    return batch.durable.promise;
  }

  /** From now on commits are taken. */
  admit(): void {
    this.#bar = undefined;
  }

  /** From now on every commit is refused with `reason`; a batch that the writer has may yet become durable. */
  bar(reason: CommitFailed): void {
    this.#bar = rejected(reason);
  }

  settled(): Promise<void> {
    return this.#refusal ?? this.#open?.durable.promise ?? this.#writing?.durable.promise ?? Promise.resolve();
  }

  /** Calls `ask` as soon as the writer has everything committed so far, or will never get it. */
  afterPending(ask: () => void): void {
    const last = this.#open ?? this.#held;
    if (last) last.handedOver.push(ask);
    else ask();
  }

  resume(): void {
    this.#refusal = undefined;
  }

  /** Refuses further commits, and resolves when those before have become durable or failed. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#open || this.#writing) {
      await (this.#writing ?? this.#open)?.durable.promise.catch(ignore);
    }
  }

  #begin(): Batch<Item> {
    const batch: Batch<Item> = { items: [], late: new Map(), durable: Promise.withResolvers(), handedOver: [] };
    // Nobody need wait for a commit; those who do have their own view of its failure.
    batch.durable.promise.catch(ignore);
    this.#open = batch;
    if (!this.#writing) this.#endOfTurn(() => this.#handOver());
    return batch;
  }

  #handOver(): void {
    const batch = this.#open;
    if (!batch || this.#writing) return;
    const isWhole = this.#tryToEncode(() => {
      for (const encode of batch.late.values()) encode();
    });
    if (!isWhole) return;
    this.#open = undefined;
    this.#writing = batch;
    failpoint('commit.closed');
    const first = this.#beforeWrite();
    if (!first) {
      this.#write(batch);
      return;
    }
    this.#held = batch;
    first.then(
      () => this.#write(batch),
      (error: unknown) => {
        this.#release(batch);
        this.#notWritten(batch, error);
      },
    );
  }

  #write(batch: Batch<Item>): void {
    failpoint('commit.recorded');
    this.#writer.write(batch.items).then(
      () => this.#written(batch),
      (error: unknown) => this.#notWritten(batch, error),
    );
    this.#release(batch);
  }

  #release({ handedOver }: Batch<Item>): void {
    this.#held = undefined;
    for (const ask of handedOver) ask();
  }

  /** What cannot be encoded fails the open batch, as a write that fails does. */
  #tryToEncode(encode: () => void): boolean {
    try {
      encode();
      return true;
    } catch (cause) {
      this.#fail(new CommitFailed('failed', `a change cannot be stored: ${String(cause)}`, { cause }));
      return false;
    }
  }

  #written(batch: Batch<Item>): void {
    failpoint('commit.written');
    this.#writing = undefined;
    batch.durable.resolve();
    this.#handOver();
  }

  #notWritten(batch: Batch<Item>, error: unknown): void {
    this.#writing = undefined;
    const failure =
      error instanceof CommitFailed
        ? error
        : new CommitFailed('failed', 'the store failed to commit', { cause: error });
    batch.durable.reject(failure);
    this.#fail(failure);
  }

  #fail(failure: CommitFailed): void {
    const batch = this.#open;
    this.#open = undefined;
    this.#refusal = rejected(failure);
    batch?.durable.reject(failure);
    for (const ask of batch?.handedOver ?? []) ask();
  }
}

/** A rejected promise that is no unhandled rejection while nobody looks at it. */
function rejected(error: Error): Promise<never> {
  const promise = Promise.reject<never>(error);
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}
