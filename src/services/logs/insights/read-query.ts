import { bounds } from './bounds.ts';
import { MalformedQuery } from './malformed-query.ts';
import { QueryReader } from './query-reader.ts';
import { readExpression, readField, readPattern } from './read-expression.ts';
import type { Column, Command, SortKey } from './syntax.ts';

type Kind = Command['kind'];

const readers: { readonly [Name in Kind]: (reader: QueryReader, start: number) => Command } = {
  fields: (reader) => ({ kind: 'fields', columns: readColumns(reader) }),
  display: (reader) => ({ kind: 'display', columns: readColumns(reader) }),
  filter: (reader) => ({ kind: 'filter', condition: readExpression(reader) }),
  stats: (reader) => ({
    kind: 'stats',
    values: readColumns(reader),
    by: reader.word('by') ? readColumns(reader) : [],
  }),
  sort: (reader) => ({ kind: 'sort', keys: listOf(reader, readKey) }),
  limit: (reader) => ({ kind: 'limit', count: readCount(reader) }),
  dedup: (reader) => ({ kind: 'dedup', fields: listOf(reader, readField) }),
  parse: (reader, start) => readParse(reader, start),
};

/** What AWS's language has beside these. */
const unbuilt = [
  'pattern',
  'diff',
  'anomaly',
  'unmask',
  'unnest',
  'filterindex',
  'source',
  'lookup',
  'join',
  'subquery',
  'head',
  'tail',
  'search',
  'order',
  'addtotals',
  'append',
  'appendcols',
  'fillnull',
  'rename',
  'relevantfields',
  'expand',
  'eval',
  'where',
];

/** Reads a query of Logs Insights. Throws `MalformedQuery`. */
export function readQuery(text: string): readonly Command[] {
  if (text.length > bounds.query)
    throw new MalformedQuery(`the query is longer than ${bounds.query} characters`, { start: 0, end: text.length });
  const reader = new QueryReader(text);
  const commands: Command[] = [];
  reader.sign('|');
  do {
    commands.push(readCommand(reader));
    if (commands.length > bounds.commands) throw reader.refusal(`the query has more than ${bounds.commands} commands`);
  } while (reader.sign('|'));
  if (!reader.isAtEnd) throw reader.unexpected();
  return commands;
}

function readCommand(reader: QueryReader): Command {
  const start = reader.at;
  const name = reader.peekWord() ?? '';
  if (Object.hasOwn(readers, name)) {
    reader.anyWord();
    return readers[name as Kind](reader, start);
  }
  if (!unbuilt.includes(name)) throw reader.unexpected();
  reader.anyWord();
  throw new MalformedQuery(`the command ${name} is not supported by this version of Batchyard`, reader.since(start));
}

function listOf<Item>(reader: QueryReader, read: (reader: QueryReader) => Item): Item[] {
  const items = [read(reader)];
  while (reader.sign(',')) items.push(read(reader));
  return items;
}

function readColumns(reader: QueryReader): Column[] {
  return listOf(reader, readColumn);
}

function readColumn(reader: QueryReader): Column {
  const start = reader.at;
  const expression = readExpression(reader);
  const span = reader.since(start);
  if (reader.word('as')) return { expression, name: readName(reader), isField: false, span };
  if (expression.kind === 'field') return { expression, name: expression.name, isField: true, span };
  return { expression, name: reader.text.slice(span.start, span.end), isField: false, span };
}

function readName(reader: QueryReader): string {
  return readField(reader).name;
}

function readKey(reader: QueryReader): SortKey {
  const expression = readExpression(reader);
  return { expression, descending: reader.word('asc', 'desc') === 'desc' };
}

function readCount(reader: QueryReader): number {
  const start = reader.at;
  const count = reader.number();
  if (count === undefined) throw reader.unexpected();
  if (Number.isInteger(count) && count >= 1 && count <= bounds.rows) return count;
  throw new MalformedQuery(`limit must be a whole number from 1 to ${bounds.rows}`, reader.since(start));
}

/** Without a field, `parse` is about the message. */
function readParse(reader: QueryReader, start: number): Command {
  const isBare = /["'/]/.test(reader.text[reader.at] ?? '');
  const span = { start: reader.at, end: reader.at };
  const from = isBare ? ({ kind: 'field', name: '@message', path: ['@message'], span } as const) : readField(reader);
  const pattern = readPattern(reader);
  const names = reader.word('as') ? listOf(reader, readName) : [];
  return { kind: 'parse', from, pattern, names, span: reader.since(start) };
}
