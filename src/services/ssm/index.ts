export { parameterValuesAtRest, ssmRecords } from './records.ts';
export { createSsm, type SsmOperationName } from './service.ts';
