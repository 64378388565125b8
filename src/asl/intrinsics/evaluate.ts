import { StateError, stateErrors } from '../errors.ts';
import type { Json } from '../json/json.ts';
import type { SeededRandom } from '../json/seeded-random.ts';
import type { Path } from '../path/path.ts';
import { Arguments, IntrinsicFault } from './arguments.ts';
import { intrinsicFunctions } from './functions.ts';
import type { IntrinsicNode } from './parse.ts';

/** Evaluates an intrinsic function; `resolve` answers the paths in its arguments. */
export function evaluateIntrinsic(node: IntrinsicNode, resolve: (path: Path) => Json, random: SeededRandom): Json {
  switch (node.kind) {
    case 'constant':
    case 'string':
      return node.value;
    case 'path':
      return resolve(node.path);
    case 'call':
      return call(node, resolve, random);
  }
}

function call(node: IntrinsicNode & { kind: 'call' }, resolve: (path: Path) => Json, random: SeededRandom): Json {
  const values = node.arguments.map((argument, i) =>
    i === 0 && node.name === 'States.Format' && argument.kind === 'string'
      ? argument.template
      : evaluateIntrinsic(argument, resolve, random),
  );
  try {
    return intrinsicFunctions[node.name](new Arguments(values), random);
  } catch (fault) {
    if (!(fault instanceof IntrinsicFault)) throw fault;
    const cause = `The function '${node.text}' had the following error: ${fault.message}`;
    throw new StateError(stateErrors.intrinsicFailure, cause);
  }
}
