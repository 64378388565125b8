import { StateError, stateErrors } from '../errors.ts';
import type { Scope } from '../evaluate/scope.ts';
import { IntrinsicFault } from '../intrinsics/arguments.ts';
import type { Json } from '../json/json.ts';
import { Budget, BudgetExceeded } from './budget.ts';
import {
  type CompiledExpression,
  describeFault,
  type JsonataEnvironment,
  type Watch,
  watchName,
} from './expression.ts';
import { functionBindings } from './functions.ts';
import { programs } from './programs.ts';
import { NotJson, plainJson } from './result.ts';

/** The value of an expression of the field `field`. Throws `States.QueryEvaluationError`, in AWS's words. */
export async function evaluateExpression(text: string, field: string, scope: Scope): Promise<Json> {
  const about = `The JSONata expression '${text}' specified for the field '${field}'`;
  try {
    const value = plainJson(await run(programs.of(text), scope));
    if (value !== undefined) return value;
  } catch (fault) {
    throw failure(`${about} ${reason(fault)}`, field);
  }
  throw failure(`${about} returned nothing (undefined).`, field);
}

async function run(program: CompiledExpression, scope: Scope): Promise<unknown> {
  const budget = new Budget();
  return program.evaluate(undefined, {
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
      budget.step(input);
    },
    leave(result) {
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
