/** What a line that waits takes in memory beside its bytes: short ones would take many times as much as the buffer may. */
export const bytesBesideHeld = 128;

/** What buffers of many outputs may hold together, in bytes. */
export class BufferRoom {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/** A line that waits, and when it was read. */
export interface BufferedLine {
  readonly bytes: Buffer;
  readonly at: number;
}

interface Place extends BufferedLine {
  /** What it takes of the buffer. */
  readonly cost: number;
  next?: Place;
}

/**
 * Lines of a job that does not wait while they cannot be written (`mode=non-blocking`). Once they fill the buffer, as on AWS, further
 * ones are lost; a line in their place says how many.
 */
export class LineBuffer {
  readonly #maximum: number;
  readonly #room: BufferRoom;
  #first: Place | undefined;
  #last: Place | undefined;
  #bytes = 0;
  #lost = { lines: 0, bytes: 0, at: 0 };

  constructor(maximum: number, room: BufferRoom) {
    this.#maximum = maximum;
    this.#room = room;
  }

  get isEmpty(): boolean {
    return this.#first === undefined && this.#lost.lines === 0;
  }

  /** Takes a line, whose bytes may be used again afterwards, or loses it. */
  push(line: Buffer, at: number): void {
    const cost = line.length + bytesBesideHeld;
    if (this.#bytes + cost > this.#maximum || !this.#room.take(cost)) {
      const { lines, bytes } = this.#lost;
      this.#lost = { lines: lines + 1, bytes: bytes + line.length, at: lines === 0 ? at : this.#lost.at };
      return;
    }
    this.#bytes += cost;
    const notice = this.#notice();
    if (notice) this.#add({ ...notice, cost: 0 });
    this.#add({ bytes: Buffer.from(line), at, cost });
  }

  /** The line that has waited longest; undefined if none waits. */
  take(): BufferedLine | undefined {
    const first = this.#first;
    if (!first) return this.#notice();
    this.#first = first.next;
    if (!this.#first) this.#last = undefined;
    this.#bytes -= first.cost;
    this.#room.give(first.cost);
    return first;
  }

  #add(place: Place): void {
    if (this.#last) this.#last.next = place;
    else this.#first = place;
    this.#last = place;
  }

  /** Stands for what was lost, once. */
  #notice(): BufferedLine | undefined {
    const { lines, bytes, at } = this.#lost;
    if (lines === 0) return undefined;
    this.#lost = { lines: 0, bytes: 0, at: 0 };
    return { bytes: Buffer.from(lossWords({ lines, bytes })), at };
  }
}

/** What a stream says in the place of lines that are lost. */
export function lossWords({ lines, bytes }: { readonly lines: number; readonly bytes: number }): string {
  return `[batchyard] ${lines} lines (${bytes} bytes) of output are lost here: the buffer of log mode non-blocking was full.`;
}
