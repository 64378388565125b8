import type { Readable, Writable } from 'node:stream';

/** A command that is to run beside those of a running task. */
export interface CommandRequest {
  /** Absent: the first essential one. */
  readonly container?: string;
  /** Not empty. */
  readonly command: readonly string[];
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
