import { z } from 'zod';
import { findExcess } from '../../core/json-structure.ts';

/** Far more than any image has: what is checked value by value must not keep the server from all else meanwhile. */
const limits = { depth: 64, values: 30_000 } as const;

const words = { depth: `it is more than ${limits.depth} deep`, values: `it has more than ${limits.values} values` };

/** What a JSON text of strangers says. Throws for one that is none, and, in words and unparsed, `RangeError` for one of too much structure. */
export function strangeJson(content: Uint8Array): unknown {
  const excess = findExcess(content, limits);
  if (excess) throw new RangeError(words[excess.kind]);
  return JSON.parse(Buffer.from(content).toString('utf8'));
}

/** A list whose entries are looked at only if they are not too many: zod checks them all first, and tells of each. */
export function listOf<Entry extends z.ZodType>(entry: Entry, most: number) {
  return z
    .custom<unknown[]>((list) => Array.isArray(list) && list.length <= most, `a list of at most ${most} is expected`)
    .pipe(z.array(entry));
}
