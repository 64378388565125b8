import type { JobDetail } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { type LogStream, logStreamsOf } from './log-streams.ts';
import { mergeByTime } from './merge-lines.ts';
import { type Ask, once } from './watch.ts';

/** One line that a job wrote. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  /** Which attempt wrote it: 1, 2, ... */
  readonly attempt: number;
  /** Which container did, of a job that has several. */
  readonly container?: string;
}

/** Which lines are wanted. */
export interface LogSelection {
  /** Only those of this attempt (1, 2, ...). */
  readonly attempt?: number | undefined;
  /** Only those written at this time or later, in epoch milliseconds. */
  readonly since?: number | undefined;
  /** The most lines that are read and held at once. @default as many as there are in a page */
  readonly page?: number | undefined;
}

/** Reads each line of a job's streams once, however often it is asked, attempt after attempt. */
export class JobLogReader {
  readonly #client: Client;
  readonly #tokens = new Map<string, string>();
  readonly #selection: LogSelection;
  readonly #ask: Ask;

  /** `ask`: what to do about a server that is away. @default give up */
  constructor(client: Client, selection: LogSelection = {}, ask: Ask = once) {
    this.#client = client;
    this.#selection = selection;
    this.#ask = ask;
  }

  /** The lines that were written since the last call: attempt after attempt, those of one by time. */
  async *read(job: JobDetail): AsyncGenerator<LogLine> {
    const { attempt: only } = this.#selection;
    const streams = logStreamsOf(job).filter(({ attempt }) => only === undefined || attempt === only);
    for (const together of Map.groupBy(streams, ({ attempt }) => attempt).values()) {
      yield* mergeByTime(together.map((stream) => this.#readStream(stream)));
    }
  }

  async *#readStream({ group, stream, attempt, container }: LogStream): AsyncGenerator<LogLine> {
    const { since: startTime, page: limit } = this.#selection;
    const request = { logGroupName: group, logStreamName: stream, startFromHead: true, startTime, limit };
    const of = { attempt, ...(container === undefined ? {} : { container }) };
    for (;;) {
      const nextToken = this.#tokens.get(stream);
      const from = { ...request, ...(nextToken && { nextToken }) };
      const page = await this.#ask(() => unlessGone(this.#client.logs('GetLogEvents', from)));
      // The stream does not exist yet.
      if (!page) return;
      for (const { timestamp = 0, message = '' } of page.events ?? []) yield { timestamp, message, ...of };
      if (page.nextForwardToken) this.#tokens.set(stream, page.nextForwardToken);
      if (!page.nextForwardToken || page.nextForwardToken === nextToken) return;
    }
  }
}
