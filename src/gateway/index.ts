export { createGateway, type Gateway } from './gateway.ts';
export { OperationRegistry } from './operation-registry.ts';
export type { Mount, PageRequest } from './options.ts';
