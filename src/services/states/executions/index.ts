export { createExecutions, type ExecutionService } from './executions.ts';
export { executionOperations } from './operations/index.ts';
export type { ExecutionCount, ExecutionsOptions } from './options.ts';
export type { ExecutionRuntime } from './runtime.ts';
