export type { SmtpSettings } from './deliveries/index.ts';
export * from './records.ts';
export { createSnsService, type SnsOperationName, type SnsOptions, type SnsService } from './service.ts';
