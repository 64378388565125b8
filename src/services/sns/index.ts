export { createSnsService, type SnsOperationName, type SnsOptions, type SnsService } from './service.ts';
