export type { FunctionSettings, Functions } from './functions.ts';
export type { LambdaOperationName } from './operation-names.ts';
export { lambdaRecords } from './records.ts';
export { createLambda, type LambdaService } from './service.ts';
