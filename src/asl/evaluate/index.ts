export { type Progress, performEvaluation } from './perform.ts';
