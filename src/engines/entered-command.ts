import type { Readable, Writable } from 'node:stream';

/** In characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal of whoever gives a command. */
export interface TerminalRequest extends TerminalSize {
  /** As `TERM` has it: `xterm-256color`. */
  readonly type: string;
}

/** A command that is to run beside those of a running task. */
export interface CommandRequest {
  /** Absent: the first essential one. */
  readonly container?: string;
  /** Not empty. */
  readonly command: readonly string[];
  /** It runs on a terminal of this kind, which all that it writes comes from. Absent: on pipes. */
  readonly terminal?: TerminalRequest;
}

/** A command that has been started in a container. */
export interface EnteredCommand {
  readonly kind: 'entered';
  /** Its name. */
  readonly container: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with its exit code, after signal n 128 + n, once it has ended and what it wrote is in the streams. Never rejects. */
  readonly ended: Promise<number>;
  /** Gives its terminal another size. Absent: it has none. */
  resize?(size: TerminalSize): void;
  /** SIGKILL to it, and to what descends from it. */
  kill(): void;
}

/** Nothing was started. */
export interface CommandRefused {
  readonly kind: 'refused';
  /** In words. */
  readonly reason: string;
}

export function commandRefused(reason: string): CommandRefused {
  return { kind: 'refused', reason };
}
