import type { JobDetail } from '@aws-sdk/client-batch';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';

/** One line that a job wrote. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  /** Which attempt wrote it: 1, 2, ... */
  readonly attempt: number;
}

/** The log group of a job: the one that its log configuration names, else AWS Batch's own. */
export function logGroupOf(job: JobDetail): string {
  return job.container?.logConfiguration?.options?.['awslogs-group'] ?? '/aws/batch/job';
}

/** The log streams of a job's attempts, oldest first; the last may still be written to. */
export function logStreamsOf(job: JobDetail): readonly string[] {
  const finished = (job.attempts ?? []).map((attempt) => attempt.container?.logStreamName);
  const streams = [...finished, job.container?.logStreamName].filter((name) => name !== undefined && name !== '');
  return [...new Set(streams as readonly string[])];
}

/** Reads each line of a job's streams once, however often it is asked, attempt after attempt. */
export class JobLogReader {
  readonly #client: Client;
  readonly #tokens = new Map<string, string>();
  readonly #only: number | undefined;

  /** With `only`, just the lines of that attempt (1, 2, ...). */
  constructor(client: Client, only?: number) {
    this.#client = client;
    this.#only = only;
  }

  /** The lines that were written since the last call. */
  async *read(job: JobDetail): AsyncGenerator<LogLine> {
    for (const [index, stream] of logStreamsOf(job).entries()) {
      if (this.#only !== undefined && this.#only !== index + 1) continue;
      yield* this.#readStream(logGroupOf(job), stream, index + 1);
    }
  }

  async *#readStream(logGroupName: string, logStreamName: string, attempt: number): AsyncGenerator<LogLine> {
    for (;;) {
      const nextToken = this.#tokens.get(logStreamName);
      const page = await this.#page({
        logGroupName,
        logStreamName,
        startFromHead: true,
        ...(nextToken && { nextToken }),
      });
      if (!page) return;
      for (const { timestamp = 0, message = '' } of page.events ?? []) yield { timestamp, message, attempt };
      if (page.nextForwardToken) this.#tokens.set(logStreamName, page.nextForwardToken);
      if (!page.nextForwardToken || page.nextForwardToken === nextToken) return;
    }
  }

  /** Undefined for a stream that does not exist yet. */
  async #page(request: Parameters<Client['logs']>[1]) {
    try {
      return await this.#client.logs('GetLogEvents', request);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
