import type { Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import { excess } from '../jsonata/budget.ts';
import type { Condition, Ended } from './evaluation.ts';

/** What the state fails with whose evaluation was ended: in AWS's words and JSONata's, as far as they have any. */
export function endedFailure(ended: Ended, parts: readonly (Template | Condition)[]): StateError {
  const part = parts[0] !== undefined && parts.length === 1 ? leafAt(parts[0], ended.position) : parts[ended.position];
  if (part?.kind === 'jsonata') {
    const about = `The JSONata expression '${part.expression.text}' specified for the field '${part.field}'`;
    const cause = `${about} threw an error during evaluation: ${words(ended.reason)}`;
    return new StateError(stateErrors.queryEvaluationError, cause, { location: part.field });
  }
  return new StateError(stateErrors.runtime, `${subject(part)} could not be evaluated. ${words(ended.reason)}`);
}

/** AWS's words, as far as it has any. */
export function words(reason: Ended['reason']): string {
  switch (reason.kind) {
    case 'deadline':
      return excess.time;
    case 'memory':
      return excess.memory;
    case 'broken':
      return 'The evaluation broke off.';
  }
}

function subject(part: Template | Condition | undefined): string {
  switch (part?.kind) {
    case 'path':
    case 'selected':
      return `Path '${part.path.text}'`;
    case 'intrinsic':
      return `The function '${part.node.text}'`;
    case 'is':
    case 'matches':
    case 'compare':
      return `Path '${part.variable.text}'`;
    default:
      return 'The state';
  }
}

/** The expressions of a template in the order in which they are evaluated. */
export function* leaves(part: Template | Condition): Generator<Template | Condition> {
  if (part.kind === 'array') for (const item of part.items) yield* leaves(item);
  else if (part.kind === 'object') for (const [, inner] of part.members) yield* leaves(inner);
  else if (part.kind !== 'constant') yield part;
}

function leafAt(part: Template | Condition, position: number): Template | Condition | undefined {
  return leaves(part).drop(position).next().value;
}
