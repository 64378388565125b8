import { readXml, type XmlPart } from './xml.ts';

/** The content type of requests of the query protocol. */
export const queryContentType = 'application/x-www-form-urlencoded; charset=utf-8';

/** The body of a request of the query protocol: structures become `A.B`, lists `A.member.1`, maps `A.entry.1.key`. */
export function queryBody(operation: string, version: string, input: object): string {
  const form = new URLSearchParams({ Action: operation, Version: version });
  for (const [name, value] of Object.entries(input)) addValue(form, name, value);
  return form.toString();
}

function addValue(form: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) addValue(form, `${name}.member.${index + 1}`, item);
  } else if (value instanceof Map) {
    for (const [index, [key, item]] of [...value].entries()) {
      addValue(form, `${name}.entry.${index + 1}.key`, key);
      addValue(form, `${name}.entry.${index + 1}.value`, item);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [member, item] of Object.entries(value)) addValue(form, `${name}.${member}`, item);
  } else form.append(name, String(value));
}

/**
 * What an answer of the query protocol holds, as the SDK has it, but that texts stay texts where it has numbers, truth values and
 * times, and that what is empty is absent: XML tells no empty list from an empty text.
 */
export function readQueryAnswer(text: string): Readonly<Record<string, unknown>> {
  const root = readXml(text);
  const result = root?.children.find(({ name }) => name.endsWith('Result'));
  const value = valueIn(result);
  return typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
}

/** What a refusal of the query protocol says. */
export function readQueryFailure(text: string): { readonly code?: string; readonly message?: string } {
  const root = readXml(text);
  const error = valueIn(root?.children.find(({ name }) => name === 'Error'));
  const { Code: code, Message: message } = (typeof error === 'object' ? error : {}) as Readonly<
    Record<string, unknown>
  >;
  return { ...(typeof code === 'string' && { code }), ...(typeof message === 'string' && { message }) };
}

/** Elements that are all called `member` are a list, and `entry` a map: no structure of AWS has such members alone. */
function valueIn(part: XmlPart | undefined): unknown {
  if (!part) return undefined;
  const { children, content } = part;
  const [first] = children;
  if (!first) return content === '' ? undefined : content;
  if (first.name === 'member') return children.map(valueIn);
  const pairs = first.name === 'entry' ? children.map(pairOf) : children.map((child) => [child.name, valueIn(child)]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function pairOf({ children }: XmlPart): readonly [string, unknown] {
  const named = (name: string) => children.find((child) => child.name === name);
  return [named('key')?.content ?? '', valueIn(named('value'))];
}
