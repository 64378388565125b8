import { applies } from '../choice/evaluate.ts';
import type { Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import { type Json, type JsonObject, setMember } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { evaluateExpression } from '../jsonata/evaluate.ts';
import { compileExpression, JsonataSyntaxFault } from '../jsonata/expression.ts';
import { topLevelReferences } from '../jsonata/top-level.ts';
import { bounds } from '../limits.ts';
import { booleanOf } from './choice.ts';
import type { Condition, Evaluation, EvaluationResult, ExpressionFault, PlainScope } from './evaluation.ts';
import { checkSize, evaluateHere } from './here.ts';
import { Meter } from './meter.ts';
import type { Scope } from './scope.ts';

/** Told which expression, condition or text is about to be worked on, counted from 0. */
export type Progress = (position: number) => void;

/**
 * Performs an evaluation whole, however long it takes: whoever calls this must be able to end the thread. Deterministic but
 * for that end: the same evaluation has the same result.
 */
export async function performEvaluation(
  evaluation: Evaluation,
  progress: Progress = () => undefined,
): Promise<EvaluationResult> {
  if (evaluation.kind === 'syntax') return { kind: 'checked', faults: checkSyntax(evaluation.texts, progress) };
  const scope = scopeOf(evaluation.scope);
  try {
    return await perform(evaluation, scope, progress);
  } catch (fault) {
    if (!(fault instanceof StateError)) throw fault;
    const { failure, location } = fault;
    return { kind: 'failed', failure, ...(location === undefined ? {} : { location }) };
  }
}

async function perform(
  evaluation: Exclude<Evaluation, { kind: 'syntax' }>,
  scope: Scope,
  progress: Progress,
): Promise<EvaluationResult> {
  if (evaluation.kind === 'template') {
    const value = await new TemplateEvaluation(scope, progress).value(evaluation.template);
    checkSize(evaluation.template, value);
    return { kind: 'value', value, drawn: scope.random.drawn };
  }
  const index = await firstThatHolds(evaluation.conditions, scope, progress);
  return { kind: 'chosen', ...(index === undefined ? {} : { index }), drawn: scope.random.drawn };
}

/** Goes through a template from left to right. */
class TemplateEvaluation {
  readonly #scope: Scope;
  readonly #progress: Progress;
  #position = 0;

  constructor(scope: Scope, progress: Progress) {
    this.#scope = scope;
    this.#progress = progress;
  }

  async value(template: Template): Promise<Json> {
    switch (template.kind) {
      case 'constant':
        return template.value;
      case 'array': {
        const values: Json[] = [];
        for (const item of template.items) values.push(await this.value(item));
        return values;
      }
      case 'object': {
        const object: Record<string, Json> = {};
        for (const [name, member] of template.members) setMember(object, name, await this.value(member));
        return object;
      }
      default:
        this.#progress(this.#position++);
        return template.kind === 'jsonata'
          ? evaluateExpression(template.expression.text, template.field, this.#scope)
          : evaluateHere(template, this.#scope);
    }
  }
}

async function firstThatHolds(
  conditions: readonly Condition[],
  scope: Scope,
  progress: Progress,
): Promise<number | undefined> {
  for (const [index, condition] of conditions.entries()) {
    progress(index);
    if (condition.kind !== 'jsonata') {
      if (applies(condition, scope)) return index;
      continue;
    }
    const value = await evaluateExpression(condition.expression.text, condition.field, scope);
    if (booleanOf(condition, value)) return index;
  }
  return undefined;
}

/** So many faults of one expression are told: more than any answer shows. */
const mostFaults = 101;

function checkSyntax(texts: readonly string[], progress: Progress): (readonly ExpressionFault[])[] {
  return texts.map((text, position) => {
    progress(position);
    try {
      return topLevelReferences(compileExpression(text).ast()).slice(0, mostFaults).map(unsupported);
    } catch (fault) {
      if (!(fault instanceof JsonataSyntaxFault)) throw fault;
      return [{ code: 'INVALID_JSONATA_EXPRESSION', message: fault.message }];
    }
  });
}

function unsupported(name: string): ExpressionFault {
  const message = `Reference to '${name}' at the top level is not supported.`;
  return { code: 'UNSUPPORTED_JSONATA_EXPRESSION', message };
}

function scopeOf(plain: PlainScope): Scope {
  const { data, states, variables, seed, drawn, now } = plain;
  const context: JsonObject = plain.context ?? {};
  return {
    data,
    states: { input: null, ...states },
    context: () => context,
    variables: {
      get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
      all: () => variables,
    },
    random: new SeededRandom(seed, drawn),
    now,
    meter: new Meter(bounds.elsewhereWork, tooMuch),
  };
}

function tooMuch(): never {
  const cause = `The paths and intrinsic functions of the state take more than ${bounds.elsewhereWork} steps.`;
  throw new StateError(stateErrors.runtime, cause);
}
