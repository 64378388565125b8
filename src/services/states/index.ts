export { MemoryActivityQueues } from './activities/index.ts';
export { taskFaults } from './apis/index.ts';
export type * from './contract.ts';
export { createExecutions, executionOperations } from './executions/index.ts';
export { createIntegrations } from './integrations/index.ts';
export { HistoryLog } from './logging/history-log.ts';
export { LedgerMachineCatalog, managedRules } from './machines/index.ts';
export * from './records.ts';
export { createStatesService, type StatesOperationName } from './service.ts';
