export type { AuditEvent, AuditHook } from './audit.ts';
export { createGateway, type Gateway, type GatewayAddress } from './gateway.ts';
export { defaultLimits, type GatewayLimits } from './limits.ts';
export { OperationRegistry } from './operation-registry.ts';
export type { GatewayOptions, Readiness } from './options.ts';
