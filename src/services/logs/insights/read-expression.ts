import type { QueryReader } from './query-reader.ts';
import {
  type Arithmetic,
  type Call,
  comparisons,
  type Expression,
  type FieldName,
  type RegexSource,
  type TextSource,
} from './syntax.ts';

/** Functions with a period, and the argument that it is. */
const periodAt: Readonly<Record<string, number>> = { bin: 0, datefloor: 1, dateceil: 1 };

/** Reads an expression: from what binds least, `or`, to what binds most. */
export function readExpression(reader: QueryReader): Expression {
  return reader.deeper(() => chain(reader, 'or', () => chain(reader, 'and', () => readNot(reader))));
}

function chain(reader: QueryReader, kind: 'and' | 'or', read: () => Expression): Expression {
  const first = read();
  const all = [first];
  while (reader.word(kind)) all.push(read());
  return all.length === 1 ? first : reader.node({ kind, all });
}

function readNot(reader: QueryReader): Expression {
  if (reader.peekWord() !== 'not') return readComparison(reader);
  reader.word('not');
  return reader.deeper(() => reader.node({ kind: 'not', of: readNot(reader) }));
}

function readComparison(reader: QueryReader): Expression {
  const left = readSum(reader);
  const isNot = reader.word('not') !== undefined;
  const found = readMembership(reader, left);
  if (found) return isNot ? { kind: 'not', of: found } : found;
  if (isNot) throw reader.unexpected();
  const operator = reader.sign(...comparisons);
  return operator ? reader.node({ kind: 'compare', operator, left, right: readSum(reader) }) : left;
}

function readMembership(reader: QueryReader, of: Expression): Expression | undefined {
  if (reader.word('in')) return reader.node({ kind: 'in', of, list: readList(reader) });
  if (reader.word('like') || reader.sign('=~')) return reader.node({ kind: 'like', of, pattern: readPattern(reader) });
  return undefined;
}

/** A regular expression between slashes, or a text. */
export function readPattern(reader: QueryReader): RegexSource | TextSource {
  const start = reader.at;
  const source = reader.regex();
  if (source !== undefined) return { kind: 'regex', source, span: reader.since(start) };
  const text = reader.quotation();
  if (text === undefined) throw reader.unexpected();
  return { kind: 'text', text };
}

function readList(reader: QueryReader): Expression[] {
  reader.demand('[');
  const list: Expression[] = [];
  do list.push(reader.node(readSum(reader)));
  while (reader.sign(','));
  reader.demand(']');
  return list;
}

function readSum(reader: QueryReader): Expression {
  return binary(reader, ['+', '-'], () => binary(reader, ['*', '/', '%'], () => readPower(reader)));
}

function binary(reader: QueryReader, operators: readonly Arithmetic[], read: () => Expression): Expression {
  let left = read();
  for (let operator = reader.sign(...operators); operator; operator = reader.sign(...operators)) {
    left = reader.node({ kind: 'arithmetic', operator, left, right: read() });
  }
  return left;
}

function readPower(reader: QueryReader): Expression {
  const left = readUnary(reader);
  if (!reader.sign('^')) return left;
  return reader.deeper(() => reader.node({ kind: 'arithmetic', operator: '^', left, right: readPower(reader) }));
}

function readUnary(reader: QueryReader): Expression {
  if (!reader.sign('-')) return readAtom(reader);
  return reader.deeper(() => reader.node({ kind: 'negate', of: readUnary(reader) }));
}

function readAtom(reader: QueryReader): Expression {
  if (reader.sign('(')) {
    const inner = readExpression(reader);
    reader.demand(')');
    return inner;
  }
  const value = reader.quotation() ?? reader.number();
  if (value !== undefined) return reader.node({ kind: 'literal', value });
  const call = readCall(reader);
  if (call) return call;
  const truth = reader.word('true', 'false');
  return truth ? { kind: 'literal', value: truth === 'true' } : readField(reader);
}

function readCall(reader: QueryReader): Call | undefined {
  const start = reader.at;
  const name = reader.callName();
  if (name === undefined) return undefined;
  const args: Expression[] = [];
  let period: Call['period'];
  // count(*) is count().
  const isEmpty = reader.sign(')') !== undefined;
  if (!isEmpty && !(name === 'count' && reader.sign('*'))) {
    for (let index = 0; index === 0 || reader.sign(','); index += 1) {
      if (periodAt[name] === index) period = reader.period();
      else args.push(readExpression(reader));
    }
  }
  if (!isEmpty) reader.demand(')');
  return reader.node({ kind: 'call', name, args, ...(period && { period }), span: reader.since(start) });
}

export function readField(reader: QueryReader): FieldName {
  const start = reader.at;
  const name = reader.name();
  if (!name) throw reader.unexpected();
  return reader.node({ kind: 'field', ...name, span: reader.since(start) });
}
