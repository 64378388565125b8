import { z } from 'zod';
import type { SecretRecord } from './records.ts';

const keys = ['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'] as const;
type Key = (typeof keys)[number];

/** Filters as lists take them. */
export const filterList = z
  .array(
    z.object({
      Key: z.enum(keys).optional(),
      Values: z.array(z.string().min(1).max(512)).min(1).max(10).optional(),
    }),
  )
  .max(10);

type Filters = z.infer<typeof filterList>;

/** The texts that a filter looks at. Nothing here is a replica, or belongs to a service. */
const textsOf: Readonly<Record<Key, (secret: SecretRecord) => readonly string[]>> = {
  name: ({ name }) => [name],
  description: ({ description = '' }) => [description],
  'tag-key': ({ tags }) => Object.keys(tags),
  'tag-value': ({ tags }) => Object.values(tags),
  'primary-region': () => [],
  'owning-service': () => [],
  all: ({ name, description = '', tags }) => [name, description, ...Object.keys(tags), ...Object.values(tags)],
};

/** Whether all filters let a secret through. */
export function passesFilters(secret: SecretRecord, filters: Filters): boolean {
  return filters.every(({ Key = 'all', Values = [] }) => passes(secret, Key, Values));
}

/** Any of the values will do; one that begins with `!` keeps out what it matches. */
function passes(secret: SecretRecord, key: Key, values: readonly string[]): boolean {
  const unwanted = values.filter((value) => value.startsWith('!'));
  if (unwanted.some((value) => matches(secret, key, value.slice(1)))) return false;
  const wanted = values.filter((value) => !value.startsWith('!'));
  return wanted.length === 0 || wanted.some((value) => matches(secret, key, value));
}

/** By the beginning of the text; descriptions whatever their case, and `all` by the beginnings of words. */
function matches(secret: SecretRecord, key: Key, value: string): boolean {
  const texts = textsOf[key](secret);
  if (key === 'description') return texts.some((text) => text.toLowerCase().startsWith(value.toLowerCase()));
  if (key !== 'all') return texts.some((text) => text.startsWith(value));
  const words = texts.flatMap((text) => text.toLowerCase().split(/[\s/_+=.@-]+/));
  return value
    .toLowerCase()
    .split(/[\s/_+=.@-]+/)
    .every((wanted) => words.some((word) => word.startsWith(wanted)));
}
