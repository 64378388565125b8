import type { LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail';
import type { Call } from '../api/protocol.ts';
import { useCall, type Wire } from './use-call.ts';

export type RecordedCall = Wire<NonNullable<LookupEventsCommandOutput['Events']>[number]>;

/** By what records are found: CloudTrail's eight attributes. */
export const auditKeys = [
  'EventName',
  'Username',
  'ResourceName',
  'ResourceType',
  'EventSource',
  'AccessKeyId',
  'ReadOnly',
  'EventId',
] as const;

export interface AuditQuery {
  readonly key: string;
  readonly value: string;
  /** Milliseconds since 1970; absent: as far back as records go. */
  readonly from?: number | undefined;
}

export function lookupCall({ key, value, from }: AuditQuery, NextToken?: string): Call {
  const input = {
    ...(value !== '' && { LookupAttributes: [{ AttributeKey: key, AttributeValue: value }] }),
    ...(from !== undefined && { StartTime: Math.floor(from / 1000) }),
    MaxResults: 50,
    ...(NextToken !== undefined && { NextToken }),
  };
  return { service: 'cloudtrail', operation: 'LookupEvents', input };
}

/** A page of records, the newest first. */
export function useRecords(query: AuditQuery, NextToken: string | undefined) {
  return useCall<Wire<LookupEventsCommandOutput>>(lookupCall(query, NextToken), { untold: true });
}
