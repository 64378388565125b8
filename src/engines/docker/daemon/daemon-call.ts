import type { Milliseconds } from '../../../core/ids.ts';

/** One call of Docker's API. */
export interface DaemonCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the answer is there, or its head of one that is a stream; `ever` for one that may have nothing to say. @default 15 s */
  readonly within?: Milliseconds | 'ever';
  readonly signal?: AbortSignal;
  /** On a connection of its own: one that is kept may be gone, and would seem to have gone because of this. @default false */
  readonly alone?: boolean;
}

/** A call as HTTP has it: its target, its headers, and what it sends. */
export interface WrittenCall {
  readonly target: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly content: string | Buffer;
}

/** Throws `RangeError` for what cannot be written. */
export function writeCall({ method, path, query = {}, body, headers = {} }: DaemonCall): WrittenCall {
  const content = Buffer.isBuffer(body) ? body : body ? JSON.stringify(body) : '';
  const written: Record<string, string | number> = { host: 'docker' };
  if (method === 'POST' || content.length > 0) written['content-length'] = Buffer.byteLength(content);
  if (typeof content === 'string' && content !== '') written['content-type'] = 'application/json';
  const target = path + queryOf(query);
  if (!/^[\x21-\x7e]+$/.test(target)) throw new RangeError(`${target} cannot be asked for`);
  return { target, headers: { ...written, ...headers }, content };
}

function queryOf(query: NonNullable<DaemonCall['query']>): string {
  let text = '';
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) text += `${text === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  return text;
}

/** What of it goes over the connection. Throws `RangeError`. */
export function bytesOf(call: DaemonCall): readonly (string | Buffer)[] {
  const { target, headers, content } = writeCall(call);
  let head = `${call.method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (/[^\x20-\x7e]/.test(String(value))) throw new RangeError(`${name} cannot have such a value`);
    head += `${name}: ${value}\r\n`;
  }
  return typeof content === 'string' ? [`${head}\r\n${content}`] : [`${head}\r\n`, content];
}
