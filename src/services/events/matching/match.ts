import { matchesInTurns } from '../../../event-patterns/index.ts';
import type { ReadOnce } from './read-once.ts';
import type { Matching } from './rule-index.ts';

/** Those whose patterns match. */
export async function matchingOnes<Value>(
  candidates: readonly Matching<Value>[],
  event: ReadOnce,
): Promise<readonly Value[]> {
  const matched: Value[] = [];
  for (const { value, pattern } of candidates) if (!pattern || (await matches(pattern, event))) matched.push(value);
  return matched;
}

function matches({ root, namesNumbers }: NonNullable<Matching<unknown>['pattern']>, event: ReadOnce): Promise<boolean> {
  return matchesInTurns(root, namesNumbers ? event.withNumbers : event.members, event.look);
}
