export type { ActiveJob, Explanation, NewJob, Yard } from './contract.ts';
export { logTarget } from './placement.ts';
export { JobYard, type YardOptions } from './yard.ts';
