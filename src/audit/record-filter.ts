import type { CloudTrailRecord } from './cloudtrail-record.ts';
import { dataTypes } from './data-types.ts';

/** What an advanced event selector of CloudTrail asks of one field. */
export interface FieldCondition {
  readonly field: string;
  readonly equals?: readonly string[];
  readonly startsWith?: readonly string[];
  readonly endsWith?: readonly string[];
  readonly notEquals?: readonly string[];
  readonly notStartsWith?: readonly string[];
  readonly notEndsWith?: readonly string[];
}

/** Which records somebody wants: those of an account for which all conditions of one of the selectors hold. */
export interface RecordFilter {
  readonly account: string;
  /** @default those of every region */
  readonly region?: string;
  /** Whether calls of IAM and STS, which are no region's, are wanted too. */
  readonly global: boolean;
  readonly selectors: readonly (readonly FieldCondition[])[];
}

const globalSources: readonly string[] = ['iam.amazonaws.com', 'sts.amazonaws.com'];

export function isWanted(record: CloudTrailRecord, { account, region, global, selectors }: RecordFilter): boolean {
  if (record.recipientAccountId !== account) return false;
  if (region !== undefined && record.awsRegion !== region) return false;
  if (!global && globalSources.includes(record.eventSource)) return false;
  return selectors.some((conditions) => conditions.every((condition) => holds(record, condition)));
}

/** Of several resources one is enough; what must not be may be of none. */
function holds(record: CloudTrailRecord, condition: FieldCondition): boolean {
  const values = valuesOfField(record, condition.field);
  const { equals = [], startsWith = [], endsWith = [] } = condition;
  const { notEquals = [], notStartsWith = [], notEndsWith = [] } = condition;
  const isAsked = equals.length + startsWith.length + endsWith.length > 0;
  if (isAsked && !values.some((value) => fits(value, equals, startsWith, endsWith))) return false;
  return !values.some((value) => fits(value, notEquals, notStartsWith, notEndsWith));
}

function fits(value: string, equal: readonly string[], start: readonly string[], end: readonly string[]): boolean {
  return (
    equal.includes(value) || start.some((each) => value.startsWith(each)) || end.some((each) => value.endsWith(each))
  );
}

/** The values of a field that selectors may name. */
function valuesOfField(record: CloudTrailRecord, field: string): readonly string[] {
  const { resources = [], userIdentity } = record;
  switch (field) {
    case 'readOnly':
      return [String(record.readOnly)];
    case 'eventCategory':
      return [record.eventCategory];
    case 'eventSource':
      return [record.eventSource];
    case 'eventName':
      return [record.eventName];
    case 'eventType':
      return [record.eventType ?? 'AwsApiCall'];
    case 'resources.type':
      return typesOf(record);
    case 'resources.ARN':
      return resources.map(({ ARN }) => ARN);
    case 'userIdentity.arn':
      return userIdentity.arn === undefined ? [] : [userIdentity.arn];
    default:
      return [];
  }
}

/** A call that carries data is of its service's type, whether it names a resource or not. */
function typesOf({ resources = [], eventCategory, eventSource }: CloudTrailRecord): readonly string[] {
  const named = resources.flatMap(({ type }) => type ?? []);
  const own = eventCategory === 'Data' ? dataTypes[eventSource.replace('.amazonaws.com', '')] : undefined;
  return own === undefined ? named : [...named, own];
}
