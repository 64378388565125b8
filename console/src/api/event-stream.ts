import { crc32 } from './crc32.ts';

/** One event of an answer that goes on: its name, and what it holds. */
export interface StreamedEvent {
  readonly type: string;
  readonly value: unknown;
  /** Whether it is the last one, and says why. */
  readonly isException: boolean;
}

const longestMessage = 16 * 1024 * 1024;

/**
 * Cuts `application/vnd.amazon.eventstream` into its events, however its bytes come. Throws for bytes that are not of that form,
 * and for sums that do not match.
 */
export class EventStreamReader {
  #bytes = new Uint8Array();

  /** The events that are whole with `piece`. */
  read(piece: Uint8Array): readonly StreamedEvent[] {
    this.#bytes = joined(this.#bytes, piece);
    const events: StreamedEvent[] = [];
    for (let message = this.#next(); message; message = this.#next()) events.push(eventOf(message));
    return events;
  }

  /** The next message, if all of it is there: its length, that of its headers, a sum of both, headers, body, a sum of all. */
  #next(): Uint8Array | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 12) return undefined;
    const view = viewOf(bytes);
    const length = view.getUint32(0);
    if (view.getUint32(8) !== crc32(bytes.subarray(0, 8))) throw new Error('the head of an event is damaged');
    if (length < 16 + view.getUint32(4) || length > longestMessage) throw new Error(`an event of ${length} bytes`);
    if (bytes.length < length) return undefined;
    const sum = view.getUint32(length - 4);
    if (sum !== crc32(bytes.subarray(0, length - 4))) throw new Error('an event is damaged');
    this.#bytes = bytes.subarray(length);
    return bytes.subarray(0, length - 4);
  }
}

function eventOf(message: Uint8Array): StreamedEvent {
  const end = 12 + viewOf(message).getUint32(4);
  const headers = headersOf(message.subarray(12, end));
  const text = new TextDecoder().decode(message.subarray(end));
  const kind = headers.get(':message-type') ?? 'event';
  const type = headers.get(`:${kind}-type`) ?? headers.get(':error-code') ?? '';
  return { type, value: text === '' ? {} : JSON.parse(text), isException: kind !== 'event' };
}

const stringType = 7;

/** Headers that are texts; those of services have no others. */
function headersOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const view = viewOf(bytes);
  const text = (at: number, length: number) => new TextDecoder().decode(bytes.subarray(at, at + length));
  const headers = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const nameLength = view.getUint8(at);
    const name = text(at + 1, nameLength);
    at += 1 + nameLength;
    if (view.getUint8(at) !== stringType) throw new Error(`the header ${name} is no text`);
    const valueLength = view.getUint16(at + 1);
    headers.set(name, text(at + 3, valueLength));
    at += 3 + valueLength;
  }
  return headers;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
