import { Scanner, type SyntaxFault } from '../path/scanner.ts';

/** A parsed regular expression. Single characters are tested by the platform's own engine, which cannot loop on one. */
export type RegexNode =
  | { readonly kind: 'character'; readonly test: RegExp }
  | { readonly kind: 'assertion'; readonly at: Assertion }
  | { readonly kind: 'group'; readonly capture: number | undefined; readonly body: RegexNode }
  | { readonly kind: 'alternatives'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly body: RegexNode;
      readonly least: number;
      readonly most: number;
      readonly greedy: boolean;
    };

export type Assertion = 'start' | 'end' | 'boundary' | 'noBoundary';

export interface ParsedRegex {
  readonly body: RegexNode;
  /** Groups that capture. */
  readonly captures: number;
}

interface Reading {
  readonly scanner: Scanner;
  readonly flags: string;
  captures: number;
}

const bracket = /\[\^?(?:\\.|[^\]\\])*\]/sy;
const escaped = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|.)/sy;
const quantifier = /(?:[*+?]|\{\d+(?:,\d*)?\})/y;

/**
 * Parses the source of a regular expression without look-around and back references: what remains can be matched in time
 * proportional to the text. Throws `SyntaxFault`.
 */
export function parseRegex({ source, flags }: RegExp): ParsedRegex {
  const reading: Reading = { scanner: new Scanner(source), flags: flags.replace(/[gy]/g, ''), captures: 0 };
  const body = readAlternatives(reading);
  if (!reading.scanner.done) throw unsupported(reading, 'unexpected text');
  return { body, captures: reading.captures };
}

function unsupported({ scanner }: Reading, what: string): SyntaxFault {
  return scanner.fault(`${what} in a regular expression`);
}

function readAlternatives(reading: Reading): RegexNode {
  const options = [readSequence(reading)];
  while (skip(reading, '|')) options.push(readSequence(reading));
  const [only] = options;
  return options.length === 1 && only ? only : { kind: 'alternatives', options };
}

/** Takes a token where it stands: white space counts in a regular expression. */
function skip({ scanner }: Reading, token: string): boolean {
  if (!scanner.startsWith(token)) return false;
  scanner.position += token.length;
  return true;
}

function readSequence(reading: Reading): RegexNode {
  const items: RegexNode[] = [];
  while (!reading.scanner.done && !'|)'.includes(reading.scanner.peek())) items.push(readQuantified(reading));
  return { kind: 'sequence', items };
}

function readQuantified(reading: Reading): RegexNode {
  const body = readAtom(reading);
  const text = reading.scanner.match(quantifier);
  if (text === undefined) return body;
  const greedy = !skip(reading, '?');
  const [least, most] = boundsOf(text);
  return { kind: 'repeat', body, least, most, greedy };
}

function boundsOf(text: string): [number, number] {
  if (text === '*') return [0, Number.POSITIVE_INFINITY];
  if (text === '+') return [1, Number.POSITIVE_INFINITY];
  if (text === '?') return [0, 1];
  const [least = '', most] = text.slice(1, -1).split(',');
  if (most === undefined) return [Number(least), Number(least)];
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}

function readAtom(reading: Reading): RegexNode {
  const { scanner } = reading;
  if (skip(reading, '(')) return readGroup(reading);
  if (skip(reading, '^')) return { kind: 'assertion', at: 'start' };
  if (skip(reading, '$')) return { kind: 'assertion', at: 'end' };
  if (scanner.peek() === '[') return character(reading, scanner.match(bracket));
  if (scanner.peek() === '\\') return readEscape(reading);
  const plain = scanner.peek();
  scanner.position += 1;
  return character(reading, '/{}]'.includes(plain) ? `\\${plain}` : plain);
}

function character(reading: Reading, source: string | undefined): RegexNode {
  if (source === undefined) throw unsupported(reading, 'a class that is not closed');
  return { kind: 'character', test: new RegExp(`^(?:${source})$`, reading.flags.replace('m', '')) };
}

function readEscape(reading: Reading): RegexNode {
  const text = reading.scanner.match(escaped);
  if (text === '\\b') return { kind: 'assertion', at: 'boundary' };
  if (text === '\\B') return { kind: 'assertion', at: 'noBoundary' };
  if (text === undefined || /^\\[1-9k]/.test(text)) throw unsupported(reading, 'a back reference');
  return character(reading, text);
}

function readGroup(reading: Reading): RegexNode {
  const capture = readGroupKind(reading);
  const body = readAlternatives(reading);
  if (!skip(reading, ')')) throw unsupported(reading, 'a group that is not closed');
  return { kind: 'group', capture, body };
}

function readGroupKind(reading: Reading): number | undefined {
  if (skip(reading, '?:')) return undefined;
  const named = reading.scanner.match(/\?<[A-Za-z_]\w*>/y);
  if (named === undefined && reading.scanner.peek() === '?') throw unsupported(reading, 'look-around');
  reading.captures += 1;
  return reading.captures;
}
