import { StateError, stateErrors } from '../errors.ts';
import type { Scope } from '../evaluate/scope.ts';
import type { Json } from '../json/json.ts';
import type { Path } from '../path/path.ts';
import { Arguments, IntrinsicFault } from './arguments.ts';
import { intrinsicFunctions } from './functions.ts';
import type { IntrinsicNode } from './parse.ts';

/** Evaluates an intrinsic function; `resolve` answers the paths in its arguments. Each call costs a walk through them. */
export function evaluateIntrinsic(
  node: IntrinsicNode,
  resolve: (path: Path) => Json,
  scope: Pick<Scope, 'random' | 'meter'>,
): Json {
  switch (node.kind) {
    case 'constant':
    case 'string':
      return node.value;
    case 'path':
      return resolve(node.path);
    case 'call':
      return call(node, resolve, scope);
  }
}

/** What of an argument of States.Format is kept as the definition has it. */
function asWritten(argument: IntrinsicNode, index: number): string | undefined {
  if (argument.kind === 'constant') return index === 0 ? undefined : argument.written;
  return argument.kind === 'string' && index === 0 ? argument.template : undefined;
}

function call(
  node: IntrinsicNode & { kind: 'call' },
  resolve: (path: Path) => Json,
  scope: Pick<Scope, 'random' | 'meter'>,
): Json {
  const values = node.arguments.map(
    (argument, i) =>
      (node.name === 'States.Format' ? asWritten(argument, i) : undefined) ??
      evaluateIntrinsic(argument, resolve, scope),
  );
  for (const value of values) scope.meter.spendOn(value);
  try {
    return intrinsicFunctions[node.name](new Arguments(values), scope.random);
  } catch (fault) {
    if (!(fault instanceof IntrinsicFault)) throw fault;
    const cause = `The function '${node.text}' had the following error: ${fault.message}`;
    throw new StateError(stateErrors.intrinsicFailure, cause);
  }
}
