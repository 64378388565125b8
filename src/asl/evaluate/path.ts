import { StateError, stateErrors } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { evaluateSelectors, PathTooCostly } from '../path/evaluate.ts';
import type { Path } from '../path/path.ts';
import type { Scope } from './scope.ts';

/** The value at a path, or undefined when a definite path leads nowhere. Throws `States.Runtime` if it costs too much. */
export function findPath(path: Path, scope: Scope): Json | undefined {
  const root = rootOf(path, scope);
  if (root === undefined) return undefined;
  try {
    return evaluateSelectors(root, path.selectors, path.definite, scope.meter);
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
  const value = findPath(path, scope);
  if (value !== undefined) return value;
  throw new StateError(stateErrors.runtime, `Invalid path '${path.text}' : No results for path: ${bracketed(path)}`);
}

/** The value for a payload field `name.$`. AWS reports `States.Runtime`; its documents `States.ParameterPathFailure`. */
export function payloadPath(path: Path, field: string, scope: Scope): Json {
  const value = findPath(path, scope);
  if (value !== undefined) return value;
  const input = JSON.stringify(path.root.kind === 'context' ? scope.context() : scope.data);
  const cause = `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${input}'`;
  throw new StateError(stateErrors.runtime, cause, { also: [stateErrors.parameterPathFailure] });
}

function bracketed(path: Path): string {
  const steps = path.selectors.map((selector) => {
    if (selector.kind === 'name') return `['${selector.name}']`;
    return selector.kind === 'index' ? `[${selector.index}]` : '';
  });
  return `$${steps.join('')}`;
}
