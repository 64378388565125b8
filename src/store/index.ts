export type * from './contract.ts';
export type * from './records.ts';
export { Ledger, type Transaction } from './ledger.ts';
export { resourceKey } from './records.ts';
