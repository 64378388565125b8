import type { Scope } from '../../core/arn.ts';
import { matchesWildcard, splitWildcard } from '../../core/wildcard.ts';
import type { Ledger } from '../../store/index.ts';
import { limits } from './limits.ts';
import { demand, refusal, required } from './refusals.ts';
import type { Filters } from './shapes.ts';
import { tagsOf } from './tags.ts';

/** What the filters of a list look at, by their names. */
export type FilterTable<Value> = Readonly<Record<string, (record: Value) => string | readonly string[] | undefined>>;

/** Values that stand for more than one text: each is compared with every record's. Throws `FilterLimitExceeded` for too many. */
export function countPatterns(filters: Filters | undefined): number {
  const count = (filters ?? []).reduce((sum, { Values = [] }) => sum + Values.filter(isPattern).length, 0);
  if (count <= limits.patterns) return count;
  throw refusal('FilterLimitExceeded', `The request uses more than ${limits.patterns} filter values with wildcards.`);
}

function isPattern(value: string): boolean {
  return /[*?\\]/.test(value);
}

/** Where the tags of records are. */
interface Tagged<Value> {
  readonly ledger: Ledger;
  readonly scope: Scope;
  /** What they are kept by. */
  readonly idOf: (record: Value) => string;
  /** Of what has its tags in itself. */
  readonly tags?: ((record: Value) => Readonly<Record<string, string>>) | undefined;
}

/** Whether a record passes every filter. Throws `InvalidParameterValue` for a filter that the list does not have. */
export function compileFilters<Value>(
  filters: Filters | undefined,
  table: FilterTable<Value>,
  { ledger, scope, idOf, tags }: Tagged<Value>,
): (record: Value) => boolean {
  const tests = (filters ?? []).map(({ Name, Values = [] }) => {
    const name = required(Name, 'Filter.Name');
    const look = lookOf(name, table, tags ?? ((record) => tagsOf(ledger, scope, idOf(record))));
    demand(look, `The filter '${name}' is invalid`);
    const plain = new Set(Values.filter((value) => !isPattern(value)));
    const matchers = Values.filter(isPattern).map(matcherOf);
    return (record: Value) => {
      const found = look(record);
      const texts = found === undefined ? [] : typeof found === 'string' ? [found] : found;
      return texts.some((text) => plain.has(text) || matchers.some((matches) => matches(text)));
    };
  });
  return (record) => tests.every((test) => test(record));
}

function lookOf<Value>(
  name: string,
  table: FilterTable<Value>,
  tags: (record: Value) => Readonly<Record<string, string>>,
): FilterTable<Value>[string] | undefined {
  if (name === 'tag-key') return (record) => Object.keys(tags(record));
  if (!name.startsWith('tag:')) return Object.hasOwn(table, name) ? table[name] : undefined;
  const key = name.slice('tag:'.length);
  return (record) => {
    const own = tags(record);
    return Object.hasOwn(own, key) ? own[key] : undefined;
  };
}

/** `*` stands for any text, `?` for one character, and a backslash before either for itself. */
function matcherOf(value: string): (text: string) => boolean {
  if (!value.includes('?')) {
    const pieces = splitWildcard(value) ?? [value];
    return (text) => matchesWildcard(pieces, text);
  }
  return (text) => matchesPattern(value, text);
}

/** With at most one place to come back to, it takes no more than the product of both lengths; both are short. */
function matchesPattern(pattern: string, text: string): boolean {
  let [at, from, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    const isEscaped = pattern[from] === '\\' && from + 1 < pattern.length;
    const expected = isEscaped ? pattern[from + 1] : pattern[from];
    if (!isEscaped && expected === '*') [star, resume, from] = [from, at, from + 1];
    else if ((!isEscaped && expected === '?') || expected === text[at]) {
      at += 1;
      from += isEscaped ? 2 : 1;
    } else if (star >= 0) {
      resume += 1;
      [at, from] = [resume, star + 1];
    } else return false;
  }
  while (pattern[from] === '*') from += 1;
  return from === pattern.length;
}
