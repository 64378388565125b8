import type { Json } from '../json/json.ts';
import {
  type Comparison,
  type FilterOperand,
  type FilterTest,
  type Path,
  type PathFunction,
  type PathRoot,
  pathFunctions,
  type Selector,
} from './path.ts';
import { Scanner } from './scanner.ts';

const unquotedName = /[^\s.[\]()'",?@*:=<>!&|]+/y;
const variableName = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const integer = /-?\d+/y;
const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const comparisons: readonly Comparison[] = ['==', '!=', '<=', '>=', '<', '>', 'nin', 'in'];

/** Parses a whole text as one path. Throws `SyntaxFault`. */
export function parsePath(text: string): Path {
  const scanner = new Scanner(text);
  const path = readPath(scanner);
  if (!scanner.done) throw scanner.fault('unexpected text');
  return path;
}

/** Reads a path and stops behind it, as the arguments of intrinsic functions need. */
export function readPath(scanner: Scanner): Path {
  const start = scanner.position;
  const root = readRoot(scanner);
  const selectors = readSelectors(scanner);
  const text = scanner.text.slice(start, scanner.position);
  return { text, root, selectors, definite: selectors.every(isDefinite) };
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

function isDefinite(selector: Selector): boolean {
  return selector.kind === 'name' || selector.kind === 'index' || selector.kind === 'function';
}

function readSelectors(scanner: Scanner): Selector[] {
  const selectors: Selector[] = [];
  for (;;) {
    if (scanner.startsWith('..')) {
      scanner.position += 2;
      selectors.push({ kind: 'descend' });
      selectors.push(scanner.peek() === '[' ? readBracket(scanner) : readDotted(scanner));
    } else if (scanner.startsWith('.')) {
      scanner.position += 1;
      selectors.push(readDotted(scanner));
    } else if (scanner.peek() === '[') {
      selectors.push(readBracket(scanner));
    } else {
      return selectors;
    }
  }
}

function readDotted(scanner: Scanner): Selector {
  if (scanner.startsWith('*')) {
    scanner.position += 1;
    return { kind: 'wildcard' };
  }
  const name = scanner.match(unquotedName);
  if (name === undefined) throw scanner.fault('expected a name');
  if (!scanner.startsWith('()')) return { kind: 'name', name };
  scanner.position += 2;
  if (!pathFunctions.includes(name as PathFunction)) throw scanner.fault(`unknown function '${name}()'`);
  return { kind: 'function', name: name as PathFunction };
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
  if (scanner.peek() === "'" || scanner.peek() === '"') return readNames(scanner);
  return readIndexes(scanner);
}

function readFilter(scanner: Scanner): Selector {
  scanner.expect('(');
  const test = scanner.within(() => readOr(scanner));
  scanner.expect(')');
  return { kind: 'filter', test };
}

function readNames(scanner: Scanner): Selector {
  const names = [scanner.quoted()];
  while (scanner.take(',')) {
    scanner.skipSpace();
    names.push(scanner.quoted());
  }
  const [only] = names;
  return names.length === 1 && only !== undefined ? { kind: 'name', name: only } : { kind: 'names', names };
}

function readIndexes(scanner: Scanner): Selector {
  const first = readInteger(scanner);
  if (scanner.take(':')) return { kind: 'slice', from: first, to: readInteger(scanner) };
  if (first === undefined) throw scanner.fault('expected an index, a name, a slice, a filter or *');
  const indexes = [first];
  while (scanner.take(',')) {
    const next = readInteger(scanner);
    if (next === undefined) throw scanner.fault('expected an index');
    indexes.push(next);
  }
  return indexes.length === 1 ? { kind: 'index', index: first } : { kind: 'indexes', indexes };
}

function readInteger(scanner: Scanner): number | undefined {
  scanner.skipSpace();
  const digits = scanner.match(integer);
  return digits === undefined ? undefined : Number(digits);
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
  if (scanner.take('@')) return { kind: 'current', selectors: readSelectors(scanner) };
  if (scanner.take('$')) return { kind: 'root', selectors: readSelectors(scanner) };
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
