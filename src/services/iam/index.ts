export { accessKeysAtRest, iamRecords } from './records.ts';
export { createIam, type IamOperationName, type IamService } from './service.ts';
