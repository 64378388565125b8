import { StateError, stateErrors } from '../errors.ts';
import type { Scope } from '../evaluate/scope.ts';
import { IntrinsicFault } from '../intrinsics/arguments.ts';
import type { Json } from '../json/json.ts';
import { LinearRegExp } from '../regex/engine.ts';
import { Budget, BudgetExceeded } from './budget.ts';
import { describeFault, type Expression, type JsonataEnvironment, type Watch, watchName } from './expression.ts';
import { functionBindings } from './functions.ts';
import { NotJson, plainJson } from './result.ts';

/** The value of an expression of the field `field`. Throws `States.QueryEvaluationError`, in AWS's words. */
export async function evaluateExpression(expression: Expression, field: string, scope: Scope): Promise<Json> {
  const about = `The JSONata expression '${expression.text}' specified for the field '${field}'`;
  try {
    const value = plainJson(await run(expression, scope));
    if (value !== undefined) return value;
  } catch (fault) {
    throw failure(`${about} ${reason(fault)}`, field);
  }
  throw failure(`${about} returned nothing (undefined).`, field);
}

async function run(expression: Expression, scope: Scope): Promise<unknown> {
  const budget = new Budget(scope.pause);
  return expression.program.evaluate(undefined, {
    ...functionBindings(scope, budget),
    ...scope.variables.all(),
    states: { ...scope.states, context: scope.context() },
    [watchName]: watch(budget, scope.now),
  });
}

/** Counts the work, and sets JSONata's clock, which `$toMillis` takes missing parts of a date from. */
function watch(budget: Budget, now: number): Watch {
  return {
    enter(input: unknown, environment: JsonataEnvironment) {
      if (environment.base === environment) environment.timestamp = new Date(now);
      return budget.step(input);
    },
    leave(node, result) {
      // Nothing runs between the making of a regular expression and this: it is the one made last.
      if (node.type === 'regex') LinearRegExp.chargeLatest((steps) => budget.regex(steps));
      budget.result(result);
    },
  };
}

function reason(fault: unknown): string {
  if (fault instanceof NotJson) return `returned ${fault.message}, which is not JSON.`;
  if (fault instanceof BudgetExceeded) return `threw an error during evaluation: ${fault.message}`;
  if (fault instanceof IntrinsicFault) return `threw an error during evaluation: ${fault.message}`;
  return `threw an error during evaluation. ${describeFault(fault)}`;
}

function failure(cause: string, location: string): StateError {
  return new StateError(stateErrors.queryEvaluationError, cause, { location });
}
