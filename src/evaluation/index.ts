export { type Asker, type Evaluations, EvaluationsBusy, EvaluationsClosed } from './evaluations.ts';
export { EvaluationPool, type EvaluationPoolOptions } from './pool.ts';
