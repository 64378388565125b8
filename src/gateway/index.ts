export type { Answer } from './answer.ts';
export { createGateway, type Gateway, type GatewayAddress } from './gateway.ts';
export { OperationRegistry } from './operation-registry.ts';
export type { AnsweredCall, Mount, PageRequest } from './options.ts';
