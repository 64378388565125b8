import { StateError, stateErrors } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { evaluateSelectors, Nowhere, PathTooCostly } from '../path/evaluate.ts';
import { type Path, writtenSelectors } from '../path/path.ts';
import type { Scope } from './scope.ts';

/** The value at a path, or undefined when it leads nowhere. Throws `States.Runtime` if it costs too much. */
export function findPath(path: Path, scope: Scope): Json | undefined {
  const value = evaluatePath(path, scope);
  return value instanceof Nowhere ? undefined : value;
}

function evaluatePath(path: Path, scope: Scope): Json | Nowhere {
  const root = rootOf(path, scope);
  if (root === undefined) return new Nowhere(() => `No results for path: $${writtenSelectors(path.selectors)}`);
  try {
    return evaluateSelectors(root, path.selectors, scope.meter);
  } catch (fault) {
    if (fault instanceof PathTooCostly)
      throw new StateError(stateErrors.runtime, `Path '${path.text}': ${fault.message}`);
    throw fault;
  }
}

function rootOf(path: Path, scope: Scope): Json | undefined {
  switch (path.root.kind) {
    case 'data':
      return scope.data;
    case 'context':
      return scope.context();
    case 'variable':
      return scope.variables.get(path.root.name);
  }
}

/** The value at the path of a state field such as `InputPath`; AWS's words when there is none. */
export function selectPath(path: Path, scope: Scope): Json {
  if (path.selectors.length > 0) refuseNull(path, scope);
  const value = evaluatePath(path, scope);
  if (!(value instanceof Nowhere)) return value;
  throw new StateError(stateErrors.runtime, `Invalid path '${path.text}' : ${value.why}`);
}

/** The value for a payload field `name.$`. AWS reports `States.Runtime`; its documents `States.ParameterPathFailure`. */
export function payloadPath(path: Path, field: string, scope: Scope): Json {
  refuseNull(path, scope);
  const value = findPath(path, scope);
  if (value !== undefined) return value;
  const input = JSON.stringify(path.root.kind === 'context' ? scope.context() : scope.data);
  const cause = `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${input}'`;
  throw new StateError(stateErrors.runtime, cause, { also: [stateErrors.parameterPathFailure] });
}

/** AWS takes no path of a state whose data is null, as a function that returns nothing leaves it. */
function refuseNull(path: Path, scope: Scope): void {
  if (path.root.kind !== 'data' || scope.data !== null) return;
  throw new StateError(stateErrors.runtime, 'Unable to apply Path transformation to null or empty input.');
}
