import type { Readable } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { pause } from '../../../core/pause.ts';
import type { LogSink } from '../../contract.ts';
import type { ContainerApi } from '../daemon/container-api.ts';
import { DaemonGone, DaemonLate, DaemonRefusal } from '../daemon/daemon-errors.ts';
import type { Reach } from '../daemon/reach.ts';
import { dockerLimits } from '../docker-limits.ts';
import { type LogPiece, logPieces } from './frames.ts';
import { LineSink } from './line-sink.ts';
import { Pace } from './pace.ts';
import { SeenPieces } from './seen-pieces.ts';
import { SettledPieces } from './settled-pieces.ts';
import { readWritten } from './written-lines.ts';

export interface LogCopyOptions {
  readonly containerId: string;
  readonly sink: LogSink;
  /** Of the stream's segments. */
  readonly directory: string;
  readonly api: ContainerApi;
  readonly reach: Reach;
  readonly clock: Clock;
  readonly warn: (words: string) => void;
}

interface ReadingOptions {
  readonly onChunk?: () => unknown;
  readonly settled?: ReturnType<SettledPieces['reading']>;
}

const allPieces: NonNullable<ReadingOptions['settled']> = { take: (pieces) => pieces, end: () => [] };

/**
 * Copies what a container writes from its daemon to its segments while it runs, and to the end once it has ended. Whatever
 * breaks in between, and a new server, goes on where the segments end.
 */
export class LogCopy {
  readonly #options: LogCopyOptions;
  readonly #closing = new AbortController();
  readonly #pace: Pace;
  readonly #settled = new SettledPieces();
  readonly #copied: Promise<void>;
  #hasEnded = false;
  /** Tells the stream under way, or who waits to go on, that the container has ended. */
  #endStream = (): void => {};
  /** Before output is asked for again. */
  #again: Milliseconds = dockerLimits.askAgainMs;
  /** One after the other, since the container has ended. */
  #lateAnswers = 0;
  #problem: string | undefined;

  constructor(options: LogCopyOptions) {
    this.#options = options;
    this.#pace = new Pace(options.sink.rateBytesPerSecond, options.clock);
    this.#copied = this.#copyAll();
  }

  /** Why output was given up, in words. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The container has ended. Resolves once all its output is in the segments, or was given up. */
  async finish(): Promise<void> {
    this.#hasEnded = true;
    this.#endStream();
    await this.#copied;
  }

  /** Lets go: the next server goes on. */
  close(): void {
    this.#closing.abort();
  }

  async #copyAll(): Promise<void> {
    try {
      const { directory, sink, clock, warn } = this.#options;
      const written = await readWritten(directory, sink.maximumBytes, { fromStart: sink.eventStart !== undefined });
      const lines = new LineSink({ sink, directory, clock, onDamage: warn }, written);
      const seen = new SeenPieces(Math.max(0, Math.floor(written.completeUntil / 1000)));
      let isWhole = false;
      try {
        isWhole = await this.#copyInto(lines, seen);
      } finally {
        await lines.close(isWhole);
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#problem = `output could not be copied: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Answers whether that was all, and not only as much as is kept. */
  async #copyInto(lines: LineSink, seen: SeenPieces): Promise<boolean> {
    // Most jobs of a moment are over before anybody could read a line: they are read once.
    await this.#endOrPause(dockerLimits.beforeOutputMs);
    while (!lines.isFull && !this.#closing.signal.aborted) {
      if (await this.#copyPatiently(lines, seen)) return !lines.isFull;
      await this.#endOrPause(this.#again);
    }
    return false;
  }

  /** A daemon that was late with one answer, and answers others, is asked again: what was written is still there. */
  async #copyPatiently(lines: LineSink, seen: SeenPieces): Promise<boolean> {
    const { reach, warn } = this.#options;
    try {
      const isAll = await reach.insist(() => this.#copy(lines, seen));
      this.#lateAnswers = 0;
      return isAll;
    } catch (error) {
      if (!(error instanceof DaemonLate)) throw error;
      this.#lateAnswers += this.#hasEnded ? 1 : 0;
      // The end of the task waits for this.
      if (this.#lateAnswers >= dockerLimits.lateOutputAnswers) throw error;
      warn(`${error.message}; output is asked for again`);
      if (this.#hasEnded) await this.#pause(dockerLimits.askAgainMs);
      return false;
    }
  }

  /**
   * Copies what there is and what comes; answers whether that was all. Docker and Podman end a stream that follows with its
   * container, whether or not all is in it: only one that began after the end, and does not follow, has all.
   */
  async #copy(lines: LineSink, seen: SeenPieces): Promise<boolean> {
    const { api, reach, containerId } = this.#options;
    // A daemon that comes back is none of another maker.
    const isPodman = (reach.lastFacts ?? (await reach.facts())).product === 'podman';
    try {
      if (!this.#hasEnded) {
        await (isPodman ? this.#look(lines, seen) : this.#follow(lines, seen));
        return false;
      }
      await this.#read(await api.logs(containerId, seen.since, false, this.#closing.signal), lines, seen);
      return true;
    } catch (error) {
      if (this.#closing.signal.aborted) return false;
      // A container that is no longer there has no output either.
      if (error instanceof DaemonRefusal && error.status === 404) return true;
      throw error;
    }
  }

  /** Streams of some daemons do not end with their container, or never begin: once it has ended they are cut that are silent. */
  async #follow(lines: LineSink, seen: SeenPieces): Promise<void> {
    const { api, clock, containerId } = this.#options;
    const cutting = new AbortController();
    let cancelCut = (): void => {};
    const arm = () => {
      cancelCut();
      cancelCut = clock.after(dockerLimits.drainMs, () => cutting.abort());
    };
    this.#endStream = arm;
    try {
      const signal = AbortSignal.any([this.#closing.signal, cutting.signal]);
      const answer = await api.logs(containerId, seen.since, true, signal);
      await this.#read(answer, lines, seen, { onChunk: () => this.#hasEnded && arm() });
    } catch (error) {
      if (!(cutting.signal.aborted && error instanceof DaemonGone)) throw error;
    } finally {
      this.#endStream = () => {};
      cancelCut();
    }
  }

  /**
   * Copies what there is. Podman's streams that follow leave out lines from among others, at the end of their container and
   * after one that is half written: what is behind the gap would be written before it. Others have all, the last piece half
   * maybe. Podman reads all that it keeps to answer: the longer that takes, the longer it is let alone.
   */
  async #look(lines: LineSink, seen: SeenPieces): Promise<void> {
    const { api, clock, containerId } = this.#options;
    const askedAt = clock.monotonic();
    const answer = await api.logs(containerId, seen.since, false, this.#closing.signal);
    const took = clock.monotonic() - askedAt;
    const { askAgainMs, quietAgainMs, readingShare } = dockerLimits;
    const isNew = await this.#read(answer, lines, seen, { settled: this.#settled.reading() });
    this.#again = Math.max(isNew ? askAgainMs : Math.min(2 * this.#again, quietAgainMs), took / readingShare);
  }

  /**
   * A stream ends with its container, of which we hear in a moment; and with a daemon that its containers outlive: those are
   * asked again.
   */
  async #endOrPause(duration: Milliseconds): Promise<void> {
    if (this.#hasEnded) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(duration, resolve);
      this.#endStream = () => {
        cancel();
        resolve();
      };
    });
    this.#endStream = () => {};
  }

  /** To the end of the stream, or of what is kept. Answers whether there was something new. */
  async #read(
    answer: Readable,
    lines: LineSink,
    seen: SeenPieces,
    { onChunk = () => {}, settled = allPieces }: ReadingOptions = {},
  ): Promise<boolean> {
    const pieces = logPieces();
    const unseen = seen.reading();
    let isNew = false;
    const take = async (found: readonly LogPiece[]) => {
      const fresh = unseen(found);
      isNew ||= fresh.length > 0;
      await lines.take(fresh);
    };
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        onChunk();
        await take(settled.take(pieces(chunk)));
        if (lines.isFull) return isNew;
        if (!this.#hasEnded) await this.#pause(this.#pace.take(chunk.length));
      }
    } catch (error) {
      if (error !== answer.errored) throw error; // of our own side
      throw new DaemonGone('the output of a container broke off', { cause: error });
    }
    await take(settled.end());
    return isNew;
  }

  async #pause(duration: number): Promise<void> {
    if (duration <= 0) return;
    await pause(this.#options.clock, duration);
  }
}
