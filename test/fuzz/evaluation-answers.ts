import assert from 'node:assert/strict';
import type { Evaluation, EvaluationResult } from '../../src/asl/index.ts';
import type { WrittenExpression } from './expression-grammar.ts';

/** The evaluation of an expression, as a state has it. */
export function evaluationOf({ text, input }: WrittenExpression): Evaluation {
  const scope = { data: null, states: { input }, variables: {}, seed: 'seed', drawn: 0, now: 1_700_000_000_000 };
  return { kind: 'template', template: { kind: 'jsonata', expression: { text }, field: 'Output' }, scope };
}

/** A value has 524,288 characters and nodes at most (`src/asl/limits.ts`); JSON writes one as six where it must. */
const longestValue = 6 * 524_288;

/** Whatever it was, it has come to a value of a bounded size, to AWS's error, or was ended. */
export function checkResult(result: EvaluationResult, { text }: WrittenExpression): void {
  switch (result.kind) {
    case 'value':
      assert.ok(JSON.stringify(result.value).length < longestValue, text);
      return;
    case 'failed':
      assert.match(result.failure.error, /^States\.(QueryEvaluationError|DataLimitExceeded)$/, text);
      return;
    case 'ended':
      assert.notEqual(result.reason.kind, 'broken', text);
      return;
    default:
      assert.fail(`${text} was answered by '${result.kind}'`);
  }
}
