import type { Json } from '../json/json.ts';
import {
  areDefinite,
  type Comparison,
  type FilterOperand,
  type FilterTest,
  type Path,
  type PathRoot,
  type Selector,
} from './path.ts';
import { Scanner } from './scanner.ts';

/**
 * What a name behind a dot may be made of, by where its path stands. A path alone takes anything, `length()` too, which is
 * a name: the language has no functions in paths.
 */
const unquotedNames = {
  alone: /[^\s.[]+/y,
  argument: /(?:\(\)|[^\s.[\](),'"])+/y,
  filter: /[^\s.[\]()'",?@*:=<>!&|]+/y,
} as const;
type Place = keyof typeof unquotedNames;

const variableName = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const integer = /-?\d+/y;
const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const comparisons: readonly Comparison[] = ['==', '!=', '<=', '>=', '<', '>', 'nin', 'in'];

/** Parses a whole text as one path. Throws `SyntaxFault`. */
export function parsePath(text: string): Path {
  const scanner = new Scanner(text);
  const path = readPath(scanner, 'alone');
  if (!scanner.done) throw scanner.fault('unexpected text');
  return path;
}

/** Reads a path that is an argument of an intrinsic function, and stops behind it. */
export function readPathArgument(scanner: Scanner): Path {
  return readPath(scanner, 'argument');
}

function readPath(scanner: Scanner, place: Place): Path {
  const start = scanner.position;
  const root = readRoot(scanner);
  const selectors = readSelectors(scanner, place);
  const text = scanner.text.slice(start, scanner.position);
  return { text, root, selectors, definite: areDefinite(selectors) };
}

function readRoot(scanner: Scanner): PathRoot {
  if (!scanner.take('$')) throw scanner.fault("expected '$'");
  if (scanner.startsWith('$')) {
    scanner.position += 1;
    return { kind: 'context' };
  }
  const name = scanner.match(variableName);
  return name === undefined ? { kind: 'data' } : { kind: 'variable', name };
}

/** A dot before a bracket has no meaning: `$.['a']` is `$['a']`. */
function readSelectors(scanner: Scanner, place: Place): Selector[] {
  const selectors: Selector[] = [];
  for (;;) {
    if (scanner.startsWith('..')) {
      scanner.position += 2;
      selectors.push({ kind: 'descend' });
      selectors.push(scanner.peek() === '[' ? readBracket(scanner) : readDotted(scanner, place));
    } else if (scanner.startsWith('.')) {
      scanner.position += 1;
      if (scanner.peek() !== '[') selectors.push(readDotted(scanner, place));
    } else if (scanner.peek() === '[') {
      selectors.push(readBracket(scanner));
    } else {
      return selectors;
    }
  }
}

function readDotted(scanner: Scanner, place: Place): Selector {
  const name = scanner.match(unquotedNames[place]);
  if (name === '*') return { kind: 'wildcard' };
  if (name !== undefined) return { kind: 'name', name };
  if (place !== 'filter' || !scanner.startsWith('*')) throw scanner.fault('expected a name');
  scanner.position += 1;
  return { kind: 'wildcard' };
}

function readBracket(scanner: Scanner): Selector {
  scanner.expect('[');
  scanner.skipSpace();
  const selector = readBracketContent(scanner);
  scanner.expect(']');
  return selector;
}

function readBracketContent(scanner: Scanner): Selector {
  if (scanner.take('*')) return { kind: 'wildcard' };
  if (scanner.take('?')) return readFilter(scanner);
  if (scanner.take('(')) return readFromEnd(scanner);
  if (scanner.peek() === "'" || scanner.peek() === '"') return readNames(scanner);
  return readIndexes(scanner);
}

function readFilter(scanner: Scanner): Selector {
  scanner.expect('(');
  const test = scanner.within(() => readOr(scanner));
  scanner.expect(')');
  return { kind: 'filter', test };
}

/** `(@.length-1)`, and `(@.size()-1)`. */
function readFromEnd(scanner: Scanner): Selector {
  scanner.expect('@');
  scanner.expect('.');
  if (!scanner.take('length')) scanner.expect('size');
  if (scanner.take('(')) scanner.expect(')');
  scanner.expect('-');
  const distance = readInteger(scanner);
  if (distance === undefined || distance < 0) throw scanner.fault('expected a number');
  scanner.expect(')');
  return { kind: 'fromEnd', distance };
}

function readNames(scanner: Scanner): Selector {
  const names = [scanner.quotedName()];
  while (scanner.take(',')) {
    scanner.skipSpace();
    names.push(scanner.quotedName());
  }
  const [only] = names;
  return names.length === 1 && only !== undefined ? { kind: 'name', name: only } : { kind: 'names', names };
}

function readIndexes(scanner: Scanner): Selector {
  const first = readInteger(scanner);
  if (scanner.take(':')) return readSlice(scanner, first);
  if (first === undefined) throw scanner.fault('expected an index, a name, a slice, a filter or *');
  const indexes = [first];
  while (scanner.take(',')) {
    const next = readInteger(scanner);
    if (next === undefined) throw scanner.fault('expected an index');
    indexes.push(next);
  }
  return indexes.length === 1 ? { kind: 'index', index: first } : { kind: 'indexes', indexes };
}

function readSlice(scanner: Scanner, from: number | undefined): Selector {
  const to = readInteger(scanner);
  if (from === undefined && to === undefined) throw scanner.fault('expected an index');
  return { kind: 'slice', from, to };
}

/** An integer of 32 bits, as Java's are. */
function readInteger(scanner: Scanner): number | undefined {
  scanner.skipSpace();
  const digits = scanner.match(integer);
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (number !== (number | 0)) throw scanner.fault('the index is too large');
  return number;
}

function readOr(scanner: Scanner): FilterTest {
  const tests = [readAnd(scanner)];
  while (scanner.take('||')) tests.push(readAnd(scanner));
  return tests.length === 1 && tests[0] ? tests[0] : { kind: 'or', tests };
}

function readAnd(scanner: Scanner): FilterTest {
  const tests = [readTest(scanner)];
  while (scanner.take('&&')) tests.push(readTest(scanner));
  return tests.length === 1 && tests[0] ? tests[0] : { kind: 'and', tests };
}

function readTest(scanner: Scanner): FilterTest {
  if (scanner.take('!')) return { kind: 'not', test: scanner.within(() => readTest(scanner)) };
  if (scanner.take('(')) {
    const test = scanner.within(() => readOr(scanner));
    scanner.expect(')');
    return test;
  }
  const left = readOperand(scanner);
  if (scanner.take('=~')) throw scanner.fault('regular expressions are not supported in paths');
  const operator = comparisons.find((candidate) => scanner.take(candidate));
  return operator === undefined
    ? { kind: 'exists', operand: left }
    : { kind: 'compare', left, operator, right: readOperand(scanner) };
}

function readOperand(scanner: Scanner): FilterOperand {
  if (scanner.take('@')) return { kind: 'current', selectors: readSelectors(scanner, 'filter') };
  if (scanner.take('$')) return { kind: 'root', selectors: readSelectors(scanner, 'filter') };
  return { kind: 'literal', value: readLiteral(scanner) };
}

function readLiteral(scanner: Scanner): Json {
  scanner.skipSpace();
  if (scanner.peek() === "'" || scanner.peek() === '"') return scanner.quoted();
  if (scanner.take('[')) return readList(scanner);
  for (const [word, value] of [
    ['true', true],
    ['false', false],
    ['null', null],
  ] as const) {
    if (scanner.take(word)) return value;
  }
  const digits = scanner.match(number);
  if (digits === undefined) throw scanner.fault('expected @, $, a string, a number, true, false or null');
  return Number(digits);
}

function readList(scanner: Scanner): Json[] {
  const items: Json[] = [];
  if (scanner.take(']')) return items;
  do items.push(scanner.within(() => readLiteral(scanner)));
  while (scanner.take(','));
  scanner.expect(']');
  return items;
}
