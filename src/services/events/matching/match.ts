import type { TurnUnits } from '../../../core/turn-units.ts';
import { matchesInTurns } from '../../../event-patterns/index.ts';
import type { ReadOnce } from './read-once.ts';
import type { Matching } from './rule-index.ts';

/** Those whose patterns match, in turns that other matches may share. */
export async function matchingOnes<Value>(
  candidates: readonly Matching<Value>[],
  event: ReadOnce,
  turn: TurnUnits,
): Promise<readonly Value[]> {
  const matched: Value[] = [];
  for (const { value, pattern } of candidates)
    if (!pattern || (await matches(pattern, event, turn))) matched.push(value);
  return matched;
}

function matches(
  { root, namesNumbers }: NonNullable<Matching<unknown>['pattern']>,
  event: ReadOnce,
  turn: TurnUnits,
): Promise<boolean> {
  return matchesInTurns(root, namesNumbers ? event.withNumbers : event.members, event.look, turn);
}
