import { CommitFailed } from '../core/errors.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Lead } from './contract.ts';
import type { Driver } from './driver.ts';

/** Takes a driver's lead once, and hears of its loss: by the driver itself, or by a batch that is refused. */
export class LeadHolder<Item> {
  readonly #driver: Driver<Item>;
  readonly #lost = Promise.withResolvers<CommitFailed>();
  #queue: CommitQueue<Item> | undefined;
  #lead: Promise<Lead> | undefined;
  #loss: CommitFailed | undefined;

  constructor(driver: Driver<Item>) {
    this.#driver = driver;
  }

  /** The lead that is held, or is being taken; a failed try is none. */
  take(queue: CommitQueue<Item>): Promise<Lead> {
    if (this.#loss) return Promise.reject(this.#loss);
    this.#queue = queue;
    this.#lead ??= this.#take(queue).catch((error: unknown) => {
      this.#lead = undefined;
      throw error;
    });
    return this.#lead;
  }

  /** Writes a batch, and looks whether it is refused because another leads. */
  async write(batch: readonly Item[]): Promise<void> {
    try {
      await this.#driver.write(batch);
    } catch (error) {
      if (error instanceof CommitFailed && error.reason === 'not-leading') this.#lose(error);
      throw error;
    }
  }

  async #take(queue: CommitQueue<Item>): Promise<Lead> {
    const epoch = await this.#driver.takeLead((reason) => this.#lose(reason));
    if (this.#loss) throw this.#loss;
    queue.admit();
    return { epoch, lost: this.#lost.promise };
  }

  #lose(reason: CommitFailed): void {
    this.#loss ??= reason;
    this.#queue?.bar(this.#loss);
    this.#lost.resolve(this.#loss);
  }
}
