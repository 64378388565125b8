import { Buffer } from 'node:buffer';
import { jsonOf } from '../../../core/json-of.ts';
import { follow, madeValue, type Row } from './row.ts';
import { fromJson, Moment, type Value } from './values.ts';

/** An event of a log. */
export interface LogEvent {
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly payload: Uint8Array;
  readonly logStream: string;
  /** The account and the group. */
  readonly log: string;
  /** By which GetLogRecord finds it; made when it is asked for. */
  readonly pointer: () => string;
}

/** The fields that every event has. */
export const eventFields = ['@timestamp', '@message', '@logStream', '@log', '@ingestionTime', '@ptr'] as const;
type EventField = (typeof eventFields)[number];

const getters: { readonly [Name in EventField]: (row: EventRow) => Value } = {
  '@timestamp': ({ event }) => new Moment(event.timestamp),
  '@ingestionTime': ({ event }) => new Moment(event.ingestedAt),
  '@message': (row) => row.message,
  '@logStream': ({ event }) => event.logStream,
  '@log': ({ event }) => event.log,
  '@ptr': ({ event }) => event.pointer(),
};

/** An event whose text and JSON are taken apart when they are asked for. */
export class EventRow implements Row {
  readonly event: LogEvent;
  readonly #made = new Map<string, Value | undefined>();
  #payload: Uint8Array | undefined;
  #message: string | undefined;
  #json: unknown;
  #isParsed = false;
  keys?: readonly (Value | undefined)[];
  sequence = 0;

  constructor(event: LogEvent) {
    const { payload, ...rest } = event;
    this.event = { ...rest, payload: nothing };
    this.#payload = payload;
  }

  get at(): number {
    return this.event.timestamp;
  }

  get pointer(): string {
    return this.event.pointer();
  }

  get message(): string {
    if (this.#message === undefined) {
      const { buffer, byteOffset, length } = this.#payload ?? nothing;
      this.#message = Buffer.from(buffer, byteOffset, length).toString();
    }
    return this.#message;
  }

  get bytes(): number {
    let bytes = 400 + 2 * this.message.length;
    for (const value of this.#made.values()) bytes += 100 + (typeof value === 'string' ? 2 * value.length : 0);
    return bytes;
  }

  get(name: string, path: readonly string[]): Value | undefined {
    const made = madeValue(this.#made, name, path);
    if (made !== undefined) return made;
    if (Object.hasOwn(getters, name)) return getters[name as EventField](this);
    return fromJson(follow(this.#object(), path));
  }

  set(name: string, value: Value | undefined): void {
    this.#made.set(name, value);
  }

  /** Bytes of the block that it was read from, and what its JSON became, are let go of. */
  keep(): void {
    this.#message = this.message;
    this.#payload = undefined;
    this.#json = undefined;
    this.#isParsed = false;
  }

  #object(): unknown {
    if (!this.#isParsed) {
      this.#isParsed = true;
      this.#json = objectIn(this.message);
    }
    return this.#json;
  }
}

const nothing = new Uint8Array();

/** The JSON object that a message is. */
export function objectIn(message: string): object | undefined {
  if (!/^\s*\{/.test(message)) return undefined;
  const value = jsonOf(message);
  return typeof value === 'object' && value !== null ? value : undefined;
}
