import { isUtf8 } from 'node:buffer';

/** A request's input, not yet validated. */
export type RawInput = Record<string, unknown>;

export type InputReading =
  | { readonly kind: 'input'; readonly input: RawInput }
  /** In the words of AWS's own JSON reader. */
  | { readonly kind: 'malformed'; readonly message: string };

/** Reads a body that must be one JSON object, nested at most `depth` deep. An empty body is an empty object. */
export function readJsonObject(body: Buffer, depth: number): InputReading {
  if (body.length === 0) return { kind: 'input', input: {} };
  if (!isUtf8(body)) return { kind: 'malformed', message: 'The request body is not valid UTF-8.' };
  if (isDeeperThan(body, depth)) {
    return { kind: 'malformed', message: `The request body is nested more than ${depth} levels deep.` };
  }
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', message: 'The request body is not valid JSON.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      kind: 'malformed',
      message: 'Start of structure or map expected: the request body must be a JSON object.',
    };
  }
  if (text.includes('null')) dropNulls(value);
  return { kind: 'input', input: value as RawInput };
}

/** JSON for the wire: a `Date` becomes seconds since 1970, as AWS's JSON protocols have it, bytes base64. */
export function writeJson(output: unknown): string {
  return JSON.stringify(withWireScalars(output ?? {}));
}

const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;
const quote = 0x22;
const backslash = 0x5c;

/** Counts brackets outside strings, so that nothing recursive ever sees a body that could exhaust the stack. */
function isDeeperThan(body: Uint8Array, limit: number): boolean {
  // Fewer bytes than brackets that it would take.
  if (body.length <= limit) return false;
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (quoted) {
      if (byte === backslash) index++;
      else if (byte === quote) quoted = false;
    } else if (byte === quote) quoted = true;
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > limit) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

/** To AWS a member that is null is a member that is not there. A null in a list stays, and fails validation. */
function dropNulls(value: object): void {
  for (const [name, member] of Object.entries(value)) {
    if (member === null && !Array.isArray(value)) delete (value as RawInput)[name];
    else if (typeof member === 'object' && member !== null) dropNulls(member);
  }
}

/** Answers `value` itself unless a `Date` or bytes are in it: `JSON.stringify` with a replacer costs five times more. */
function withWireScalars(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) {
    const items = value.map(withWireScalars);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return memberwise(value as RawInput);
}

function memberwise(value: RawInput): RawInput {
  let copy: RawInput | undefined;
  for (const name in value) {
    const member = value[name];
    const wire = withWireScalars(member);
    if (wire === member) continue;
    copy ??= { ...value };
    copy[name] = wire;
  }
  return copy ?? value;
}
