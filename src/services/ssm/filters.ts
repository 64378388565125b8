import { z } from 'zod';
import { parentOf, readPath } from './names.ts';
import type { ParameterRecord, ParameterVersionRecord } from './records.ts';
import { filterErrors } from './refusals.ts';

/** Filters as the API has them. */
export const filterList = z.array(
  z.object({
    Key: z.string().min(1).max(132),
    Option: z.string().min(1).max(10).optional(),
    Values: z.array(z.string().min(1).max(1024)).min(1).max(50).optional(),
  }),
);
export type Filters = z.infer<typeof filterList>;

type Key = 'Name' | 'Type' | 'KeyId' | 'Path' | 'Label' | 'Tier' | 'DataType' | 'tag';

/** What a list lets its filters look at. */
export const filterKeys = {
  describe: ['Name', 'Type', 'KeyId', 'Path', 'Tier', 'DataType', 'tag'],
  byPath: ['Type', 'KeyId', 'Label'],
} as const satisfies Record<string, readonly Key[]>;

/** Ways of comparing, the usual one first. */
const optionsOf: Readonly<Record<Key, readonly string[]>> = {
  Name: ['Equals', 'BeginsWith', 'Contains'],
  Type: ['Equals', 'BeginsWith'],
  KeyId: ['Equals', 'BeginsWith'],
  Path: ['OneLevel', 'Recursive'],
  Label: ['Equals', 'BeginsWith'],
  Tier: ['Equals', 'BeginsWith'],
  DataType: ['Equals', 'BeginsWith'],
  tag: ['Equals', 'BeginsWith'],
};

/** Whether a parameter, or a version of one, is let through. */
export type Passes = (parameter: ParameterRecord) => boolean;

/** Compiles the filters of a list; of one by path, all but that on labels. Throws AWS's errors for filters that it cannot have. */
export function compileFilters(filters: Filters, list: keyof typeof filterKeys): Passes {
  const tests = filters.flatMap((filter) => {
    const read = readFilter(filter, list);
    return read.key === 'Label' ? [] : [testOf(read)];
  });
  return (parameter) => tests.every((test) => test(parameter));
}

/** Finds the version that a filter on labels asks for; undefined without such a filter. */
export function compileLabels(filters: Filters): ((version: ParameterVersionRecord) => boolean) | undefined {
  const reads = filters.map((filter) => readFilter(filter, 'byPath')).filter(({ key }) => key === 'Label');
  if (reads.length === 0) return undefined;
  return ({ labels }) =>
    reads.every(({ option, values }) =>
      labels.some((label) => values.some((value) => comparisons[option]?.(label, value))),
    );
}

interface ReadFilter {
  readonly key: Key;
  /** Of a filter on a tag. */
  readonly tag: string;
  readonly option: string;
  readonly values: readonly string[];
}

function readFilter({ Key: given, Option, Values = [] }: Filters[number], list: keyof typeof filterKeys): ReadFilter {
  const key = (given.startsWith('tag:') ? 'tag' : given) as Key;
  const keys: readonly Key[] = filterKeys[list];
  if (!keys.includes(key)) throw filterErrors.key();
  const options = optionsOf[key];
  const option = Option ?? options[0] ?? '';
  if (!options.includes(option)) throw filterErrors.option();
  // A tag alone asks whether it is there.
  if (Values.length === 0 && key !== 'tag') throw filterErrors.value();
  return { key, tag: given.slice('tag:'.length), option, values: key === 'Path' ? Values.map(readPath) : Values };
}

const comparisons: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  Equals: (text, value) => text === value,
  BeginsWith: (text, value) => text.startsWith(value),
  Contains: (text, value) => text.includes(value),
  Recursive: (text, value) => value === '/' || text.startsWith(value),
  OneLevel: (text, value) => parentOf(text) === value,
};

function testOf({ key, tag, option, values }: ReadFilter): Passes {
  const compare = comparisons[option] ?? (() => false);
  return (parameter) => {
    const text = textOf(parameter, key, tag);
    if (text === undefined) return false;
    return values.length === 0 || values.some((value) => compare(text, value));
  };
}

function textOf(parameter: ParameterRecord, key: Key, tag: string): string | undefined {
  switch (key) {
    case 'Name':
    case 'Path':
      return parameter.name;
    case 'Type':
      return parameter.kind;
    case 'KeyId':
      return parameter.keyId;
    case 'Tier':
      return parameter.tier;
    case 'DataType':
      return parameter.dataType;
    case 'tag':
      return Object.hasOwn(parameter.tags, tag) ? parameter.tags[tag] : undefined;
    case 'Label':
      return undefined;
  }
}
