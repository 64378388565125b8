export { createIam, type IamOperationName } from './service.ts';
