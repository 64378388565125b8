import { javaDouble } from '../json/java-text.ts';
import { limits } from '../limits.ts';
import { readPathArgument } from '../path/parse.ts';
import type { Path } from '../path/path.ts';
import { Scanner } from '../path/scanner.ts';
import { type IntrinsicName, intrinsicArity } from './arity.ts';

/** An argument or a whole expression of the intrinsic function language. */
export type IntrinsicNode =
  | { readonly kind: 'call'; readonly name: IntrinsicName; readonly arguments: readonly IntrinsicNode[]; text: string }
  | { readonly kind: 'path'; readonly path: Path }
  /** `template` is the string with `\{`, `\}` and `\\` left in, as States.Format reads it. */
  | { readonly kind: 'string'; readonly value: string; readonly template: string }
  /** `written` is a number with a fraction or an exponent as Java, and so States.Format, writes it: `1.0` stays `1.0`. */
  | { readonly kind: 'constant'; readonly value: number | boolean | null; readonly written?: string };

const functionName = /States\.[A-Za-z0-9]+/y;
const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const constants = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** Parses a whole text such as `States.Format('{}', $.name)`. Throws `SyntaxFault`. */
export function parseIntrinsic(text: string): IntrinsicNode & { kind: 'call' } {
  const scanner = new Scanner(text);
  const call = readCall(scanner, 1);
  scanner.skipSpace();
  if (!scanner.done) throw scanner.fault('unexpected text');
  return call;
}

function readCall(scanner: Scanner, depth: number): IntrinsicNode & { kind: 'call' } {
  if (depth > limits.intrinsicDepth)
    throw scanner.fault(`more than ${limits.intrinsicDepth} nested intrinsic functions`);
  scanner.skipSpace();
  const start = scanner.position;
  const name = scanner.match(functionName);
  if (name === undefined || !isIntrinsic(name)) throw scanner.fault(`unknown intrinsic function '${name ?? ''}'`);
  const args = readArguments(scanner, depth);
  const [least, most] = intrinsicArity[name];
  if (args.length < least || args.length > most) throw scanner.fault(`wrong number of arguments for ${name}`);
  return { kind: 'call', name, arguments: args, text: scanner.text.slice(start, scanner.position) };
}

function isIntrinsic(name: string): name is IntrinsicName {
  return Object.hasOwn(intrinsicArity, name);
}

function readArguments(scanner: Scanner, depth: number): IntrinsicNode[] {
  scanner.expect('(');
  const args: IntrinsicNode[] = [];
  if (scanner.take(')')) return args;
  do args.push(readArgument(scanner, depth));
  while (scanner.take(','));
  scanner.expect(')');
  return args;
}

function readArgument(scanner: Scanner, depth: number): IntrinsicNode {
  scanner.skipSpace();
  if (scanner.peek() === "'") return readString(scanner);
  if (scanner.peek() === '$') return { kind: 'path', path: readPathArgument(scanner) };
  if (scanner.startsWith('States.')) return readCall(scanner, depth + 1);
  for (const [word, value] of constants) if (scanner.take(word)) return { kind: 'constant', value };
  const digits = scanner.match(number);
  if (digits === undefined)
    throw scanner.fault("expected a path, a string in ', a number, true, false, null or a function");
  const value = Number(digits);
  if (!Number.isFinite(value)) throw scanner.fault('the number is too large');
  return /[.eE]/.test(digits) ? { kind: 'constant', value, written: javaDouble(value) } : { kind: 'constant', value };
}

/** Escapes: `\'`, `\{`, `\}` and `\\`; a backslash before anything else is an error, as the language says. */
function readString(scanner: Scanner): IntrinsicNode {
  let value = '';
  let template = '';
  for (scanner.position += 1; !scanner.done; scanner.position += 1) {
    const character = scanner.peek();
    if (character === "'") {
      scanner.position += 1;
      return { kind: 'string', value, template };
    }
    if (character !== '\\') {
      value += character;
      template += character;
      continue;
    }
    scanner.position += 1;
    const escaped = scanner.peek();
    if (!"'{}\\".includes(escaped) || escaped === '') throw scanner.fault('invalid escape');
    value += escaped;
    template += escaped === "'" ? "'" : `\\${escaped}`;
  }
  throw scanner.fault('the string is not closed');
}
