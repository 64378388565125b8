import type { Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import { evaluateIntrinsic } from '../intrinsics/evaluate.ts';
import { type Json, setMember } from '../json/json.ts';
import { excessOf } from '../json/size.ts';
import { followMembers, type SimpleExpression } from '../jsonata/simple.ts';
import { bounds } from '../limits.ts';
import { goElsewhere } from './elsewhere.ts';
import { payloadPath, selectPath } from './path.ts';
import type { Scope } from './scope.ts';

/**
 * The value of a template, worked out at once: for the cost of its size and what the scope's meter admits. Goes elsewhere
 * with JSONata that is more than a way down some members. Throws `StateError`.
 */
export function evaluateHere(template: Template, scope: Scope): Json {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'selected':
      return selectPath(template.path, scope);
    case 'path':
      return payloadPath(template.path, template.field, scope);
    case 'intrinsic':
      return evaluateIntrinsic(template.node, (path) => payloadPath(path, template.field, scope), scope);
    case 'jsonata':
      return template.expression.simple ? simpleValue(template.expression.simple, scope) : goElsewhere();
    case 'array':
      return template.items.map((item) => evaluateHere(item, scope));
    case 'object': {
      const object: Record<string, Json> = {};
      for (const [name, inner] of template.members) setMember(object, name, evaluateHere(inner, scope));
      return object;
    }
  }
}

function simpleValue(simple: SimpleExpression, scope: Scope): Json {
  if (simple.kind === 'constant') return simple.value;
  const { variable, names } = simple;
  scope.meter.spend(names.length);
  // What fails is worded where JSONata is.
  return (variable === 'states' ? ofStates(names, scope) : ofVariable(variable, names, scope)) ?? goElsewhere();
}

function ofStates([first, ...names]: readonly string[], scope: Scope): Json | undefined {
  if (first === 'context') return followMembers(scope.context(), names);
  if (first === 'input' || first === 'result' || first === 'errorOutput') {
    return followMembers(scope.states[first], names);
  }
  return undefined;
}

function ofVariable(name: string, names: readonly string[], { variables }: Scope): Json | undefined {
  return followMembers(variables.get(name), names);
}

/** Refuses what is so large that merely to write it down would take long. Far above what AWS lets a state have. */
export function checkSize(template: Template, value: Json): void {
  if (template.kind === 'constant' || excessOf(value, bounds.valueCharacters, bounds.jsonDepth) !== 'long') return;
  const cause = 'The state returned a result with a size exceeding the maximum number of bytes service limit.';
  throw new StateError(stateErrors.dataLimitExceeded, cause);
}
