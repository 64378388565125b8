import type { Input } from './path.ts';

/**
 * What an update has to say so that `before` becomes `after`: the members that differ, and of those in `inner` only theirs. What is
 * taken away is said to be empty, as the API has it: `""`, `[]`, and of an object its texts so.
 */
export function changedMembers(before: Input, after: Input, inner: readonly string[] = []): Input {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const [old, now] = [before[name], after[name]];
      if (isSame(old, now)) return [];
      const both = inner.includes(name) && isRecord(old) && isRecord(now);
      const value = both ? changedMembers(old, now) : (now ?? emptied(old));
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Numbers and toggles have no empty value: they stay as they are. */
function emptied(value: unknown): unknown {
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [];
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (typeof each === 'string' ? [[name, '']] : [])),
  );
}

function isRecord(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values are the same JSON, whatever the order of members. */
export function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
