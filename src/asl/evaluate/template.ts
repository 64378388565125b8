import type { Template } from '../definition/machine.ts';
import { StateError } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { here } from './elsewhere.ts';
import { endedFailure } from './ended.ts';
import type { EvaluationResult } from './evaluation.ts';
import { checkSize, evaluateHere } from './here.ts';
import { type Needs, needsOf, plainScope } from './needs.ts';
import type { StateScope } from './scope.ts';

/** The value of a payload in a scope: here if that takes no time to speak of, else elsewhere. Throws `StateError`. */
export async function evaluateTemplate(template: Template, scope: StateScope): Promise<Json> {
  const needs = knownNeeds(template);
  const done = needs.jsonata ? undefined : here(scope, () => evaluateHere(template, scope));
  if (done) {
    checkSize(template, done.result);
    return done.result;
  }
  const result = await scope.evaluator({ kind: 'template', template, scope: plainScope(needs, scope) });
  return answered(result, template, scope);
}

const simple: Needs = { jsonata: false, data: true, variables: [] };
const known = new WeakMap<Template, Needs>();

/** Templates live as long as their machine, and are looked through once. */
function knownNeeds(template: Template): Needs {
  if (template.kind === 'constant') return simple;
  const before = known.get(template);
  if (before) return before;
  const needs = needsOf([template]);
  known.set(template, needs);
  return needs;
}

function answered(result: EvaluationResult, template: Template, scope: StateScope): Json {
  switch (result.kind) {
    case 'value':
      scope.random.drawn = result.drawn;
      return result.value;
    case 'failed':
      throw failedWith(result);
    case 'ended':
      throw endedFailure(result, [template]);
    default:
      throw new Error(`a template was answered by '${result.kind}'`);
  }
}

export function failedWith({ failure, location }: EvaluationResult & { kind: 'failed' }): StateError {
  const { error, cause, also } = failure;
  return new StateError(error, cause, { ...(also ? { also } : {}), ...(location === undefined ? {} : { location }) });
}
