import { StateError, stateErrors } from '../errors.ts';
import type { Scope } from '../evaluate/scope.ts';
import type { Json } from '../json/json.ts';
import { Budget, excess } from './budget.ts';
import {
  type CompiledExpression,
  describeFault,
  type JsonataEnvironment,
  type Watch,
  watchName,
} from './expression.ts';
import { functionBindings, InternalFault } from './functions.ts';
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

/** AWS ends the sentence with JSONata's own code and message, or, where an expression does too much, with its own words. */
function reason(fault: unknown): string {
  if (fault instanceof NotJson) return `returned ${fault.message}, which is not JSON.`;
  if (fault instanceof InternalFault) return `threw an internal error during evaluation. ${fault.message}`;
  const { code, message } = describeFault(fault);
  if (code === undefined) return `threw an error during evaluation: ${message}`;
  const limit = limitWords.get(code);
  return `threw an error during evaluation${limit === undefined ? `. ${code}: ${message}` : `: ${limit}`}`;
}

/** The limits that JSONata keeps for us, by its codes. */
const limitWords: ReadonlyMap<string, string> = new Map([
  ['D1011', excess.depth],
  ['D2014', excess.memory],
  ['D2015', excess.memory],
]);

function failure(cause: string, location: string): StateError {
  return new StateError(stateErrors.queryEvaluationError, cause, { location });
}
