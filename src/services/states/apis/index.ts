export type { ApiShape } from './api.ts';
export { resultProblem } from './check-result.ts';
export { type TimeForm, toServiceInput, toTaskOutput } from './convert.ts';
export { findIntegration, type Integration, isSdk, type ServiceResource, sdkServiceName } from './integration.ts';
export { operationName } from './names.ts';
export { readSdkInput } from './table.ts';
export { argumentProblems, taskFaults } from './task-check.ts';
