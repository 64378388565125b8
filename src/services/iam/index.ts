export { accessKeysAtRest, iamRecords } from './records.ts';
export { createIam, type IamOperationName, type IamService } from './service.ts';
export type { RoleUses } from './service-linked-roles.ts';
