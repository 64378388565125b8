export type * from './contract.ts';
export type * from './records.ts';
export { resourceKey } from './records.ts';
