export { createEcs, type EcsOperationName } from './service.ts';
