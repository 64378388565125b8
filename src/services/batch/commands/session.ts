import type { Duplex } from 'node:stream';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { type CommandEnd, encodeFrame, FrameDecoder, type FrameKind } from '../../../core/command-frames.ts';
import type { CommandRefused, EnteredCommand } from '../../../engines/index.ts';
import { commandLimits } from './limits.ts';
import { readTerminalSize } from './terminal-size.ts';

/** Starts the command of a session, once its client is there. */
export type BeginCommand = () => Promise<EnteredCommand | CommandRefused>;

/**
 * A command and its client, from the connection to the end of either. Neither is read faster than the other one takes what it
 * writes. A client that goes takes the command along.
 */
export class CommandSession {
  /** Resolves when all is over. */
  readonly ended: Promise<void>;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #isOver = Promise.withResolvers<void>();
  #command: EnteredCommand | undefined;
  /** What came before there was a command. */
  #early: { readonly kind: FrameKind; readonly payload: Buffer }[] = [];
  #cancelIdle: CancelTimer = () => {};
  #isFinished = false;

  constructor(socket: Duplex, head: Buffer, begin: BeginCommand, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.ended = this.#isOver.promise;
    const decoder = new FrameDecoder((kind, payload) => this.#take(kind, payload));
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => this.#gone());
    // Nothing more is read of whoever hangs up half: the command goes with him.
    socket.once('end', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => this.#decode(decoder, bytes));
    this.#stir();
    if (head.length > 0) this.#decode(decoder, head);
    socket.pause();
    void this.#run(begin);
  }

  /** Ends it, and tells the client why. */
  end(problem: string): void {
    this.#finish({ problem });
  }

  async #run(begin: BeginCommand): Promise<void> {
    const command = await begin().catch((error: unknown) => {
      return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) } as const;
    });
    if (command.kind === 'refused') {
      this.#finish({ problem: command.reason });
      return;
    }
    if (this.#isFinished || this.#socket.destroyed) {
      command.kill();
      return;
    }
    this.#command = command;
    this.#pump(command);
    for (const { kind, payload } of this.#early) this.#take(kind, payload);
    this.#early = [];
    this.#socket.resume();
    this.#finish({ exitCode: await command.ended });
  }

  #pump({ stdin, stdout, stderr }: EnteredCommand): void {
    stdin.on('drain', () => this.#socket.resume());
    // Whoever writes to what nobody reads any more is not to wait for it.
    stdin.once('close', () => this.#socket.resume());
    this.#socket.on('drain', () => {
      stdout.resume();
      stderr.resume();
    });
    for (const [kind, stream] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
      stream.on('error', () => {}); // it has ended
      stream.on('data', (bytes: Buffer) => {
        this.#stir();
        if (this.#write(encodeFrame(kind, bytes))) return;
        stdout.pause();
        stderr.pause();
      });
    }
  }

  #decode(decoder: FrameDecoder, bytes: Buffer): void {
    this.#stir();
    try {
      decoder.push(bytes);
    } catch {
      this.#socket.destroy();
    }
  }

  #take(kind: FrameKind, payload: Buffer): void {
    const { stdin } = this.#command ?? {};
    if (!stdin) this.#early.push({ kind, payload });
    else if (kind === 'stdinEnd') stdin.end();
    else if (kind === 'resize') this.#resize(payload);
    else if (kind === 'stdin' && stdin.writable && !stdin.write(payload)) this.#socket.pause();
  }

  #resize(payload: Buffer): void {
    const size = readTerminalSize(payload);
    if (size) this.#command?.resize?.(size);
  }

  #write(frame: Buffer): boolean {
    return this.#isFinished || this.#socket.destroyed || this.#socket.write(frame);
  }

  /** Something went over it. */
  #stir(): void {
    if (this.#isFinished) return;
    this.#cancelIdle();
    const words = `nothing went to or from the command for ${commandLimits.idleTime / 60_000} minutes`;
    this.#cancelIdle = this.#clock.after(commandLimits.idleTime, () => this.end(words));
  }

  #finish(end: CommandEnd): void {
    if (this.#isFinished || this.#socket.destroyed) return;
    this.#isFinished = true;
    if ('problem' in end) this.#command?.kill();
    this.#socket.end(encodeFrame('end', Buffer.from(JSON.stringify(end))));
    this.#cancelIdle();
    // What the client still sends is dropped, and its end closes the connection.
    this.#socket.resume();
    // One that reads nothing more is not waited for.
    this.#cancelIdle = this.#clock.after(commandLimits.connectTime, () => this.#socket.destroy());
  }

  #gone(): void {
    this.#cancelIdle();
    this.#command?.kill();
    this.#isOver.resolve();
  }
}
