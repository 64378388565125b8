import type { IncomingMessage } from 'node:http';
import type { WireError } from './answer.ts';
import { ArrivingBody, type BodyBudget } from './body-budget.ts';

export type BodyReading =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  /** It comes in so small pieces that reading it costs more than it is worth. */
  | { readonly kind: 'trickling' }
  /** The client went away, or sent less than it announced. */
  | { readonly kind: 'broken' }
  /** Others needed the memory, and this one had been arriving for longest. */
  | { readonly kind: 'crowded-out' };

/** Whether the announced length alone is beyond `limit` bytes. */
export function announcesTooMuch(request: IncomingMessage, limit: number): boolean {
  return Number(request.headers['content-length']) > limit;
}

/** How much may be kept: of this body, in bytes, and of all that are arriving. */
export interface BodyLimits {
  readonly limit: number;
  readonly budget: BodyBudget;
}

/**
 * Reads a whole body, whatever its content type says, and calls `done` once. What is beyond the limits is not kept; what
 * is not read here, `drainBody` lets go by.
 */
export function readBody(
  request: IncomingMessage,
  { limit, budget }: BodyLimits,
  done: (reading: BodyReading) => void,
): void {
  if (announcesTooMuch(request, limit)) {
    done({ kind: 'too-large' });
    return;
  }
  const body = new GrowingBody(limit);
  const arriving = new ArrivingBody(() => finish({ kind: 'crowded-out' }));
  const pieces = new Pieces();
  const finish = (reading: BodyReading) => {
    request.off('data', onData).off('end', onEnd).off('error', onError);
    budget.leave(arriving);
    done(reading);
  };
  const onData = (chunk: Buffer) => {
    if (!pieces.take(chunk)) finish({ kind: 'trickling' });
    else if (body.append(chunk)) budget.hold(arriving, body.capacity);
    else finish({ kind: 'too-large' });
  };
  const onEnd = () => finish({ kind: 'body', body: body.bytes() });
  const onError = () => finish({ kind: 'broken' });
  request.on('data', onData).on('end', onEnd).on('error', onError);
}

/** Most bytes of a refused body that are let go by. */
const mostDrained = 16 * 1024 * 1024;

/**
 * Lets the rest of a refused body go by, unread, so that a client that sends all of it before it reads can read the refusal.
 * One that sends without end, or in small pieces, is cut off.
 */
export function drainBody(request: IncomingMessage): void {
  if (request.complete) return;
  const pieces = new Pieces();
  // A client that breaks off after it was refused is no news.
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => {
    if (!pieces.take(chunk) || pieces.bytes > mostDrained) request.socket.destroy();
  });
}

/** The error for a body that could not be read. */
export function bodyError(reading: Exclude<BodyReading, { kind: 'body' }>, limit: number): WireError {
  switch (reading.kind) {
    case 'trickling':
      return { code: 'BadRequestException', status: 400, message: 'The request body comes in too many small pieces.' };
    case 'broken':
      return { code: 'BadRequestException', status: 400, message: 'The request body could not be read.' };
    case 'too-large': {
      const message = `The request body is larger than ${limit} bytes.`;
      return { code: 'RequestEntityTooLargeException', status: 413, message };
    }
    case 'crowded-out': {
      // The code and words of S3, which every SDK takes as: wait, and try again.
      return { code: 'SlowDown', status: 503, message: 'Please reduce your request rate.' };
    }
  }
}

/**
 * So many pieces of a body may be of any size; the others must have so many bytes on average, of which a packet has ten times
 * more.
 */
const freePieces = 1_000;
const bytesPerPiece = 64;

/** Counts the pieces in which a body comes: each costs about a microsecond, whatever its size. */
class Pieces {
  bytes = 0;
  #count = 0;

  /** False if there were too many for what they held. */
  take(chunk: Buffer): boolean {
    this.#count += 1;
    this.bytes += chunk.length;
    return this.#count <= freePieces + this.bytes / bytesPerPiece;
  }
}

/** Bytes in one piece: as many small chunks, each an object of its own, would take a hundred times their size. */
class GrowingBody {
  readonly #limit: number;
  #bytes: Buffer = empty;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of memory taken. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** False, and nothing is kept of it, if it goes beyond the limit. */
  append(chunk: Buffer): boolean {
    const length = this.#length + chunk.length;
    if (length > this.#limit) return false;
    // Most bodies come as one chunk.
    if (this.#length === 0) this.#bytes = chunk;
    else {
      if (length > this.#bytes.length) this.#grow(length);
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
    return true;
  }

  bytes(): Buffer {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(least, this.#bytes.length * 2), this.#limit));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const empty = Buffer.alloc(0);
