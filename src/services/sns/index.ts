export * from './records.ts';
export { createSnsService, type SnsOperationName, type SnsOptions, type SnsService } from './service.ts';
