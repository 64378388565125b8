import { applies } from '../choice/evaluate.ts';
import type { Json } from '../json/json.ts';
import { goElsewhere, here } from './elsewhere.ts';
import { endedFailure } from './ended.ts';
import type { Condition } from './evaluation.ts';
import { evaluateHere } from './here.ts';
import { needsOf, plainScope } from './needs.ts';
import type { Scope, StateScope } from './scope.ts';
import { failedWith } from './template.ts';
import { wrongType } from './wrong-type.ts';

/** The index of the first condition that holds; undefined if none does. Throws `StateError`. */
export function firstThatHolds(
  conditions: readonly Condition[],
  scope: StateScope,
): Promise<number | undefined> | number | undefined {
  const done = here(scope, () => conditions.findIndex((condition) => holdsHere(condition, scope)));
  if (done) return done.result < 0 ? undefined : done.result;
  return firstElsewhere(conditions, scope);
}

async function firstElsewhere(conditions: readonly Condition[], scope: StateScope): Promise<number | undefined> {
  const result = await scope.evaluator({ kind: 'choice', conditions, scope: plainScope(needsOf(conditions), scope) });
  if (result.kind === 'failed') throw failedWith(result);
  if (result.kind === 'ended') throw endedFailure(result, conditions);
  if (result.kind !== 'chosen') throw new Error(`a choice was answered by '${result.kind}'`);
  scope.random.drawn = result.drawn;
  return result.index;
}

function holdsHere(condition: Condition, scope: Scope): boolean {
  if (condition.kind !== 'jsonata') return applies(condition, scope);
  return condition.expression.simple ? booleanOf(condition, evaluateHere(condition, scope)) : goElsewhere();
}

/** The value of a `Condition` field. Throws `States.QueryEvaluationError` when it is no boolean. */
export function booleanOf(condition: Condition & { kind: 'jsonata' }, value: Json): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType(condition, 'boolean', value);
}
