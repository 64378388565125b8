export type { LocalImage } from './runtime.ts';
export { createEcr, type EcrOperationName } from './service.ts';
