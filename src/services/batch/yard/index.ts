export type { ActiveJob, Explanation, NewJob, Yard } from './contract.ts';
export { JobYard, type YardOptions } from './yard.ts';
