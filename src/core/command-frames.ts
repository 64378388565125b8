/**
 * What travels both ways between a client and the server while a command runs in a job: frames of one byte for their kind, four
 * for the length of what follows (big endian), and that.
 */
export const frameKinds = {
  /** From the client: what the command is to read. */
  stdin: 1,
  /** From the client: there is no more of it. */
  stdinEnd: 2,
  stdout: 3,
  stderr: 4,
  /** From the client: the size of its terminal, in JSON with `columns` and `rows`. */
  resize: 6,
  /** From the server, the last one: a `CommandEnd` in JSON. */
  end: 5,
} as const;

export type FrameKind = keyof typeof frameKinds;

/** How a command ended, or why it has not run or not come to its end. */
export type CommandEnd = { readonly exitCode: number } | { readonly problem: string };

/** Of the HTTP upgrade. */
export const commandProtocol = 'batchyard-command';

/** Where the upgrade of a session is asked for. */
export const commandPath = '/batchyard/v1/commands/';

const kindOf = new Map<number, FrameKind>(
  Object.entries(frameKinds).map(([kind, number]) => [number, kind as FrameKind]),
);
const headerBytes = 5;
/** More than a read of either side gives. */
const longestFrame = 1024 * 1024;

export function encodeFrame(kind: FrameKind, payload: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame[0] = frameKinds[kind];
  frame.writeUInt32BE(payload.length, 1);
  frame.set(payload, headerBytes);
  return frame;
}

/** Cuts a stream into frames. */
export class FrameDecoder {
  readonly #sink: (kind: FrameKind, payload: Buffer) => void;
  #pending: Buffer = Buffer.alloc(0);

  constructor(sink: (kind: FrameKind, payload: Buffer) => void) {
    this.#sink = sink;
  }

  /** Takes the next bytes; throws `RangeError` on what is no frame. */
  push(bytes: Buffer): void {
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (rest.length >= headerBytes) {
      const kind = kindOf.get(rest[0] ?? 0);
      const end = headerBytes + rest.readUInt32BE(1);
      if (kind === undefined || end > longestFrame) throw new RangeError('what came is no frame');
      if (rest.length < end) break;
      this.#sink(kind, rest.subarray(headerBytes, end));
      rest = rest.subarray(end);
    }
    this.#pending = rest;
  }
}
