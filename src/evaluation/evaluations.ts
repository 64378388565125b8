import type { Evaluation, EvaluationResult } from '../asl/index.ts';

/** Performs evaluations where they can be ended. */
export interface Evaluations {
  /**
   * Answers `ended` for what takes too long, needs too much memory or breaks its thread. Rejects with `EvaluationsBusy`, and
   * with `EvaluationsClosed` when it is being closed.
   */
  evaluate(evaluation: Evaluation, by: Asker): Promise<EvaluationResult>;
}

/** Whose evaluation it is. */
export interface Asker {
  /** Lanes take turns: a state machine's executions have one together, requests about definitions another. */
  readonly lane: string;
  /** How many of the lane may wait before one more is refused. Default: as many as come. */
  readonly mostWaiting?: number;
  /** By what the deadline is longer than usual. Default 1. */
  readonly patience?: number;
}

/** So much of the lane waits already that this is refused. */
export class EvaluationsBusy extends Error {
  override readonly name = 'EvaluationsBusy';
}

/** The server is about to stop. */
export class EvaluationsClosed extends Error {
  override readonly name = 'EvaluationsClosed';
}
