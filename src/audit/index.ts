export { AuditLog } from './audit-log.ts';
export {
  type CloudTrailRecord,
  type LookupAttribute,
  lookupAttributes,
  usernameOf,
} from './cloudtrail-record.ts';
export type { LookupPage, LookupQuery, Position } from './lookup.ts';
