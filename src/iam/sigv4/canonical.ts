import { hash } from 'node:crypto';
import { decodeWire, encodeWire } from './encoding.ts';
import type { HttpHead } from './message.ts';

/** Paths of which every character stands for itself and no segment is `.` or `..`. */
const plainPath = /^(?:\/[\w~-]+)+$/;

/**
 * The canonical URI. S3 takes the path as it is; every other service removes empty and dot segments and encodes the
 * already encoded path once more.
 */
export function canonicalPath(path: string, service: string): string {
  if (plainPath.test(path)) return path;
  if (service === 's3') return path === '' ? '/' : path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encodeWire(segment));
  }
  if (segments.length === 0) return '/';
  return `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

/** The canonical query string: every name and value encoded anew, sorted, without the signature itself. */
export function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs: (readonly [string, string])[] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = encodeWire(decodeWire(equals < 0 ? part : part.slice(0, equals)));
    if (name === 'X-Amz-Signature') continue;
    pairs.push([name, equals < 0 ? '' : encodeWire(decodeWire(part.slice(equals + 1)))]);
  }
  pairs.sort(comparePairs);
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** `name:value` lines of the signed headers, blanks trimmed and runs of them collapsed. */
export function canonicalHeaders(headers: HttpHead['headers'], signedHeaders: readonly string[]): string {
  let lines = '';
  for (const name of signedHeaders) lines += `${name}:${trimAll(headers[name] ?? '')}\n`;
  return lines;
}

/** The whole canonical request. `signedHeaders` are in the order of the signature's own list. */
export function canonicalRequest(
  message: HttpHead,
  service: string,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const path = canonicalPath(message.path, service);
  const headers = canonicalHeaders(message.headers, signedHeaders);
  const list = signedHeaders.join(';');
  return `${message.method}\n${path}\n${canonicalQuery(message.query)}\n${headers}\n${list}\n${payloadHash}`;
}

/** SHA-256, in lower-case hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

function comparePairs(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

/** Whether `value` is printable ASCII with single blanks inside only: most headers are, and stay as they are. */
function isTrimmed(value: string): boolean {
  let blank = true;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || (blank && code === 0x20)) return false;
    blank = code === 0x20;
  }
  return !blank || value === '';
}

function trimAll(value: string): string {
  if (isTrimmed(value)) return value;
  const collapsed = value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '');
  // Node hands headers over as one character a byte; clients hash UTF-8.
  return Buffer.from(collapsed, 'latin1').toString('utf8');
}
