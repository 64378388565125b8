export { AuditLog } from './audit-log.ts';
export {
  type CloudTrailRecord,
  type LookupAttribute,
  lookupAttributes,
  usernameOf,
} from './cloudtrail-record.ts';
export type { Collected, CollectedRecord, CollectQuery } from './collect.ts';
export { dataServices } from './data-types.ts';
export type { LookupPage, LookupQuery, Position } from './lookup.ts';
export { type FieldCondition, isWanted, type RecordFilter } from './record-filter.ts';
