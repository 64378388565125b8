import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { SegmentWriter } from '../../../segments/index.ts';
import type { LogSink } from '../../contract.ts';
import { EventGatherer } from '../../event-gatherer.ts';
import { type EventStart, startOf } from '../../event-start.ts';
import { LineBuffer } from '../../line-buffer.ts';
import { LineSplitter } from '../../lines.ts';
import { streamDirectory } from '../../log-root.ts';
import { bytesBesideLine, outputLimitWords } from '../../output-limit.ts';
import { errorCode } from '../errors.ts';
import { processLimits } from '../limits.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { OutputTurns } from './output-turns.ts';
import { SegmentOutput } from './segment-output.ts';

/** One buffer for all outputs: each read is used up before the next begins. */
const readBuffer = Buffer.alloc(64 * 1024);

/** What outputs have in common. */
export interface OutputSurroundings {
  readonly clock: Clock;
  readonly disk: DiskGuard;
  readonly turns: OutputTurns;
  readonly onProblem: (words: string) => void;
}

/**
 * Reads what a container writes to its standard output and error, one pipe for both so that their order is that of a
 * terminal, and writes it to log segments. Never holds more than a line and a flush in memory: a full disk, a rate
 * above the sink's or a runner that is busy pause the pipe, and with it the job.
 */
export class ContainerOutput {
  /** Resolves when every writer of the pipe has closed it, or after `close`. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  /** The socket's. */
  readonly #descriptor: number;
  readonly #sink: LogSink | undefined;
  readonly #clock: Clock;
  readonly #disk: DiskGuard;
  readonly #turns: OutputTurns;
  readonly #lines: LineSplitter;
  readonly #start: EventStart | undefined;
  readonly #events: EventGatherer | undefined;
  readonly #segments: SegmentOutput;
  /** Of a job that does not wait while its lines cannot be written. */
  readonly #waiting: LineBuffer | undefined;
  #tail = '';
  #written = 0;
  #linesCut = 0;
  /** What it has cost to tell the first lines of events, since the last read. */
  #startsCost = 0;
  #unflushed = 0;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #cancelFlush: CancelTimer | undefined;
  #overLimit = false;
  #allowance = 0;
  #allowanceAt: number;
  #cancelRate: CancelTimer | undefined;
  #diskShort = false;
  #awaitsTurn = false;
  #draining = false;
  #closing = false;
  #passesSoon = false;
  /** What the lines that were passed on since the last charge take on disk. */
  #passed = 0;

  constructor(
    descriptor: number,
    sink: LogSink | undefined,
    logRoot: string,
    { clock, disk, turns, onProblem: onDamage }: OutputSurroundings,
  ) {
    this.#descriptor = descriptor;
    this.#sink = sink;
    this.#clock = clock;
    this.#disk = disk;
    this.#turns = turns;
    this.#allowanceAt = clock.monotonic();
    this.#segments = new SegmentOutput({
      open: () => SegmentWriter.open(streamDirectory(logRoot, sink?.stream ?? ''), { onDamage }),
      clock,
      onShortage: () => disk.full(),
    });
    this.#waiting = sink?.bufferBytes === undefined ? undefined : new LineBuffer(sink.bufferBytes, turns.room);
    this.#start = startOf(sink);
    this.#events = this.#start && this.#gatherer(this.#start);
    this.#lines = new LineSplitter(processLimits.lineBytes, (line) => this.#line(line));
    this.#socket = new Socket({
      fd: descriptor,
      readable: true,
      writable: false,
      onread: { buffer: readBuffer, callback: (count) => this.#read(count) },
    });
    this.ended = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.on('error', () => {}); // 'close' follows; what was read is written
    this.#socket.resume();
    disk.add(this);
    turns.add(this);
  }

  /** The first bytes written, as text. */
  get tail(): string {
    return this.#tail;
  }

  /** Why output was given up, in words. */
  get problem(): string | undefined {
    return this.#segments.problem;
  }

  pause(): void {
    this.#diskShort = true;
    if (!this.#draining && !this.#waiting) this.#socket.pause();
  }

  resume(): void {
    this.#diskShort = false;
    this.#flush();
    this.#go();
  }

  awaitTurn(): void {
    this.#awaitsTurn = true;
    this.#socket.pause();
  }

  takeTurn(): void {
    this.#awaitsTurn = false;
    this.#go();
  }

  /** What is left in the pipe is read as fast as it comes, room on the disk or not: its writers are dead, it is not much. */
  drain(): void {
    this.#draining = true;
    this.#cancelRate?.();
    this.#cancelRate = undefined;
    this.#go();
  }

  /**
   * Stops reading, behind what is in the pipe by now. Resolves once all that was read is in the segments, however long the disk
   * is full, or was given up.
   */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#passRest();
    await this.#readRest();
    this.#cancelFlush?.();
    this.#cancelRate?.();
    this.#socket.destroy();
    this.#lines.end();
    this.#events?.end();
    await this.#segments.close();
    this.#disk.remove(this);
    this.#turns.remove(this);
  }

  /** Drops output that waits for room, and says why. */
  giveUp(words: string): void {
    this.#segments.giveUp(words);
  }

  /** The event loop may have had no turn to read it. A writer that lives could go on for ever, so that there is a bound. */
  async #readRest(): Promise<void> {
    for (let left: number = processLimits.heldBytes; left > 0; ) {
      await this.#turns.next();
      if (this.#socket.destroyed) return;
      const count = readNow(this.#descriptor);
      if (count === 0) return;
      this.#read(count);
      left -= count;
    }
  }

  #read(count: number): boolean {
    const chunk = readBuffer.subarray(0, count);
    this.#keepTail(chunk);
    if (!this.#sink) return true;
    const cost = this.#overLimit ? count : this.#take(chunk);
    this.#turns.spend(this, cost + this.#startsCost);
    this.#startsCost = 0;
    if (this.#draining) return this.#holdsFew() && !this.#awaitsTurn;
    if (this.#waiting) return this.#charge(this.#sink.rateBytesPerSecond) && !this.#awaitsTurn;
    return this.#withinRate(cost, this.#sink.rateBytesPerSecond) && !this.#diskShort && !this.#awaitsTurn;
  }

  /** Answers what it takes on disk: a short line costs more there, and time, than its bytes say. */
  #take(chunk: Buffer): number {
    const before = this.#linesCut;
    this.#lines.push(chunk);
    const cost = chunk.length + (this.#linesCut - before) * bytesBesideLine;
    this.#disk.wrote(cost);
    this.#flushSoon(chunk.length);
    return cost;
  }

  /** A process that outlives its job's first one may write on: what waits in memory has a bound all the same. */
  #holdsFew(): boolean {
    if (this.#segments.heldBytes <= processLimits.heldBytes) return true;
    this.#segments.giveUp(
      `more than ${processLimits.heldBytes} bytes of output waited for room on the disk; they are dropped`,
    );
    return false;
  }

  /** A container that cannot be started says so in a few bytes; one that writes much is running. */
  #keepTail(chunk: Buffer): void {
    if (this.#tail.length >= processLimits.tailBytes) return;
    this.#tail += chunk.toString('latin1', 0, processLimits.tailBytes - this.#tail.length);
  }

  #gatherer(start: EventStart): EventGatherer {
    return new EventGatherer({
      start,
      clock: this.#clock,
      maximumBytes: processLimits.lineBytes,
      sink: (event, at) => this.#append(event, at),
      onSilence: () => this.#flush(),
    });
  }

  #line(line: Buffer): void {
    if (this.#overLimit) return;
    this.#linesCut += 1;
    const now = this.#clock.now();
    if (this.#waiting && (this.#isHeldUp || !this.#waiting.isEmpty)) this.#waiting.push(line, now);
    else this.#pass(line, now);
  }

  #pass(line: Buffer, at: number): void {
    this.#passed += line.length + bytesBesideLine;
    this.#startsCost += this.#start?.cost(line.length) ?? 0;
    if (this.#events) this.#events.push(line, at);
    else this.#append(line, at);
  }

  /** Whether lines that could wait must. */
  get #isHeldUp(): boolean {
    return !this.#draining && !this.#closing && (this.#diskShort || this.#cancelRate !== undefined);
  }

  /** Counts what was passed on against the rate; lines wait from then on, and the job does not. Always true. */
  #charge(rate: number): true {
    this.#withinRate(this.#passed, rate);
    this.#passed = 0;
    return true;
  }

  /** Passes on what has waited, as long as it need not, and no more than a flush: then it is another's turn. */
  #passWaiting(): void {
    const waiting = this.#waiting;
    if (!waiting || waiting.isEmpty || this.#isHeldUp) return;
    const before = this.#passed;
    while (this.#passed - before < processLimits.flushBytes) {
      const line = waiting.take();
      if (!line) break;
      this.#pass(line.bytes, line.at);
    }
    const passed = this.#passed - before;
    this.#turns.spend(this, passed + this.#startsCost);
    this.#startsCost = 0;
    if (this.#sink && !this.#draining && !this.#closing) this.#charge(this.#sink.rateBytesPerSecond);
    this.#flushSoon(passed);
    if (!this.#closing) this.#passSoon();
  }

  #passSoon(): void {
    if (this.#passesSoon || !this.#waiting || this.#waiting.isEmpty || this.#isHeldUp) return;
    this.#passesSoon = true;
    void this.#turns.next().then(() => {
      this.#passesSoon = false;
      this.#passWaiting();
    });
  }

  async #passRest(): Promise<void> {
    while (this.#waiting && !this.#waiting.isEmpty) {
      await this.#turns.next();
      this.#passWaiting();
    }
  }

  #append(line: Buffer, at: number): void {
    const sink = this.#sink;
    if (!sink || this.#overLimit) return;
    this.#written += line.length + bytesBesideLine;
    this.#overLimit = this.#written > sink.maximumBytes;
    const bytes = this.#overLimit ? Buffer.from(outputLimitWords(sink.maximumBytes)) : line;
    this.#segments.append(bytes, at);
  }

  #flushSoon(count: number): void {
    this.#unflushed += count;
    const wait = this.#flushedAt + processLimits.flushEveryMs - this.#clock.monotonic();
    if (wait <= 0 || this.#unflushed >= processLimits.flushBytes) this.#flush();
    else this.#cancelFlush ??= this.#clock.after(wait, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#unflushed = 0;
    this.#flushedAt = this.#clock.monotonic();
    this.#segments.flush();
  }

  /** A token bucket that holds a tenth of a second: pauses the pipe until it is full again. */
  #withinRate(count: number, rate: number): boolean {
    const now = this.#clock.monotonic();
    this.#allowance = Math.min(rate / 10, this.#allowance + ((now - this.#allowanceAt) * rate) / 1000) - count;
    this.#allowanceAt = now;
    if (this.#allowance >= 0) return true;
    this.#cancelRate ??= this.#clock.after((-this.#allowance * 1000) / rate, () => {
      this.#cancelRate = undefined;
      this.#go();
    });
    return false;
  }

  #go(): void {
    if (this.#awaitsTurn) return;
    this.#passWaiting();
    if (this.#waiting || this.#draining || (!this.#diskShort && this.#cancelRate === undefined)) this.#socket.resume();
  }
}

/** Reads into `readBuffer` what there is; 0 if that is nothing. */
function readNow(descriptor: number): number {
  try {
    return readSync(descriptor, readBuffer);
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return 0;
    throw error;
  }
}
