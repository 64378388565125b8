export type * from './contract.ts';
export { EngineUnavailable, engineKinds } from './contract.ts';
