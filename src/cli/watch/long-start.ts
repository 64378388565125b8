import type { JobDetail } from '@aws-sdk/client-batch';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { ExplainJobOutput } from '../../services/batch/index.ts';
import { ApiError, ServerUnreachable } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';

/** A job that has been starting for so long is asked about, and again after as long: most start at once. */
const patience: Milliseconds = 1_000;

/** Finds out what a job waits for that is long in starting: its image, mostly. */
export class LongStart {
  readonly #client: Client;
  readonly #clock: Clock;
  #askAt: Milliseconds | undefined;
  #known: { readonly why?: string } = {};

  constructor({ client, clock }: { readonly client: Client; readonly clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  async why({ jobId = '', status }: JobDetail): Promise<{ readonly why?: string }> {
    const now = this.#clock.monotonic();
    if (status !== 'STARTING') {
      this.#askAt = undefined;
      this.#known = {};
      return {};
    }
    this.#askAt ??= now + patience;
    if (now < this.#askAt) return this.#known;
    this.#askAt = now + patience;
    this.#known = await this.#ask(jobId);
    return this.#known;
  }

  /** Nothing hangs on it: who may not have the job explained, or meets a server that is away, waits on without a word. */
  async #ask(jobId: string): Promise<{ readonly why?: string }> {
    try {
      const { text } = await this.#client.extension<ExplainJobOutput>('ExplainJob', { jobId });
      return text.startsWith('Starting: ') ? { why: text } : {};
    } catch (error) {
      if (error instanceof ApiError || error instanceof ServerUnreachable) return {};
      throw error;
    }
  }
}
