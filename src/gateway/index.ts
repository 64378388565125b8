export { createGateway, type Gateway } from './gateway.ts';
export { OperationRegistry } from './operation-registry.ts';
