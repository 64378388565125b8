import type { ChoiceRule } from '../definition/choice-rule.ts';
import type { Template } from '../definition/machine.ts';
import type { Failure } from '../errors.ts';
import type { Json, JsonObject } from '../json/json.ts';

/** What decides between the choices of a Choice state. */
export type Condition = ChoiceRule | (Template & { readonly kind: 'jsonata' });

/** Work that its cost does not bound, as plain data: it goes to a thread that can be ended. */
export type Evaluation =
  | { readonly kind: 'template'; readonly template: Template; readonly scope: PlainScope }
  /** Which of the conditions is the first that holds. */
  | { readonly kind: 'choice'; readonly conditions: readonly Condition[]; readonly scope: PlainScope }
  /** Whether these are JSONata. */
  | { readonly kind: 'syntax'; readonly texts: readonly string[] };

/** A scope with no more in it than the evaluation looks at. */
export interface PlainScope {
  readonly data: Json;
  readonly states: { readonly input?: Json; readonly result?: Json; readonly errorOutput?: Json };
  readonly context?: JsonObject;
  readonly variables: Readonly<Record<string, Json>>;
  readonly seed: string;
  /** Random draws made before. */
  readonly drawn: number;
  readonly now: number;
}

export type EvaluationResult =
  | { readonly kind: 'value'; readonly value: Json; readonly drawn: number }
  /** `index` is absent when no condition holds. */
  | { readonly kind: 'chosen'; readonly index?: number; readonly drawn: number }
  /** For each text all that is wrong with it. */
  | { readonly kind: 'checked'; readonly faults: readonly (readonly ExpressionFault[])[] }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly location?: string }
  | Ended;

/** What is wrong with an expression before it is evaluated, in AWS's codes and words. */
export interface ExpressionFault {
  readonly code: 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';
  readonly message: string;
}

/** The evaluation did not come to its own end. */
export interface Ended {
  readonly kind: 'ended';
  /** It took `milliseconds` and was not done, it needed more memory than it may, or it broke the thread it ran on. */
  readonly reason:
    | { readonly kind: 'deadline'; readonly milliseconds: number }
    | { readonly kind: 'memory' | 'broken' };
  /** Which of its expressions, conditions or texts was being worked on, counted from 0. */
  readonly position: number;
}

/** Performs evaluations, elsewhere or here. Rejects only when it is being closed. */
export type Evaluator = (evaluation: Evaluation) => Promise<EvaluationResult>;
