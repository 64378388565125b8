import { type Json, type JsonObject, type ReadItems, StateError, stateErrors } from '../../../../asl/index.ts';

/**
 * What an `ItemReader` makes of the data that a test gives for its source, by its `ReaderConfig` (developer guide,
 * "ItemReader"): JSON with an `ItemsPointer`, JSONL, CSV; without an `InputType` a list of objects of a bucket, as JSON. Throws
 * `States.ItemReaderFailed`.
 */
export function readItemData(text: string, configuration: Json | undefined): ReadItems {
  const { InputType: type = 'JSON', MaxItems: most, ...rest } = isObject(configuration) ? configuration : {};
  const read = readAs(type, text, rest);
  return typeof most === 'number' && most > 0 ? { ...read, items: read.items.slice(0, most) } : read;
}

function readAs(type: Json, text: string, configuration: JsonObject): ReadItems {
  switch (type) {
    case 'JSON':
      return fromJson(parse(text), configuration.ItemsPointer);
    case 'JSONL':
      return { items: lines(text).map(parse) };
    case 'CSV':
      return { items: fromCsv(text, configuration) };
    default:
      return fail(`the data of a reader of ${JSON.stringify(type)} cannot be given as text`);
  }
}

function fromJson(value: Json, pointer: Json | undefined): ReadItems {
  if (typeof pointer !== 'string') return { items: itemsOf(value) };
  const pointed = pointer.split('/').slice(1).reduce(memberAt, value);
  return { items: itemsOf(pointed), pointed };
}

/** A step of a JSON Pointer (RFC 6901). */
function memberAt(value: Json, step: string): Json {
  const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
  const found = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value : undefined;
  return (found as JsonObject | undefined)?.[name] ?? fail(`the ItemsPointer leads nowhere at '${name}'`);
}

/** An object stands for its members. */
function itemsOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
  return fail('the data is neither a JSON array nor an object');
}

const delimiters: Readonly<Record<string, string>> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

function fromCsv(
  text: string,
  { CSVHeaderLocation: location, CSVHeaders: given, CSVDelimiter: name }: JsonObject,
): Json[] {
  const delimiter = (typeof name === 'string' ? delimiters[name] : undefined) ?? ',';
  const rows = parseCsv(text, delimiter);
  const headers = location === 'GIVEN' ? textsOf(given) : rows.shift();
  if (!headers) return fail('the CSV data has no header');
  return rows.map((row) => Object.fromEntries(headers.map((header, at) => [header, row[at] ?? ''])));
}

function textsOf(value: Json | undefined): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** Fields in quotation marks may hold delimiters, line breaks and doubled quotation marks (RFC 4180). */
function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^\r\n]*?))(\r?\n|$|DELIMITER)/.source.replace('DELIMITER', `\\${delimiter}`);
  for (const [whole, quoted, plain = '', end = ''] of text.matchAll(new RegExp(field, 'g'))) {
    if (whole === '' && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === delimiter) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return fail('the data is not valid JSON');
  }
}

function fail(problem: string): never {
  throw new StateError(stateErrors.itemReaderFailed, `Attempting to read the items failed: ${problem}.`);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
