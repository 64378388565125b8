export type { StartEstimate } from './start-estimate.ts';
export { StartEstimates } from './start-estimates.ts';
