/** A record as CloudTrail writes it, as far as it is read again. */
export interface CloudTrailRecord {
  readonly userIdentity: UserIdentity;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly recipientAccountId: string;
  readonly eventType?: string;
  readonly eventCategory: 'Management' | 'Data';
  readonly resources?: readonly CloudTrailResource[];
  readonly errorCode?: string;
}

export interface CloudTrailResource {
  readonly accountId?: string;
  readonly type?: string;
  readonly ARN: string;
}

/** Who called, by kind of principal. */
export interface UserIdentity {
  readonly type: 'Root' | 'IAMUser' | 'AssumedRole' | 'FederatedUser' | 'AWSService' | 'AWSAccount' | 'WebIdentityUser';
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  /** Of who brought its token. */
  readonly identityProvider?: string;
  readonly sessionContext?: object;
  readonly invokedBy?: string;
}

/** What a lookup may ask for, one at a time. */
export const lookupAttributes = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const;

export type LookupAttribute = (typeof lookupAttributes)[number];

/** The name that a lookup knows the caller by. */
export function usernameOf({ userIdentity }: CloudTrailRecord): string | undefined {
  const { type, arn, userName } = userIdentity;
  if (type === 'Root') return 'root';
  return type === 'AssumedRole' ? arn?.slice(arn.lastIndexOf('/') + 1) : userName;
}

/** Every value of an attribute that finds the record. */
export function valuesOf(record: CloudTrailRecord, attribute: LookupAttribute): readonly string[] {
  const one = (value: string | undefined) => (value === undefined ? [] : [value]);
  switch (attribute) {
    case 'EventId':
      return [record.eventID];
    case 'EventName':
      return [record.eventName];
    case 'ReadOnly':
      return [String(record.readOnly)];
    case 'Username':
      return one(usernameOf(record));
    case 'ResourceType':
      return (record.resources ?? []).flatMap(({ type }) => one(type));
    case 'ResourceName':
      return (record.resources ?? []).flatMap(({ ARN }) => [ARN, shortName(ARN)]);
    case 'EventSource':
      return [record.eventSource];
    case 'AccessKeyId':
      return one(record.userIdentity.accessKeyId);
  }
}

/** What people call the resource: the ARN's part after the last slash or colon but a revision's. */
function shortName(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  return resource.slice(resource.indexOf('/') + 1);
}
