import { parseArn } from '../core/arn.ts';
import type { AuditRecord } from '../core/audit.ts';
import { secondsText } from '../core/seconds-text.ts';
import { resourceTypeOf } from './resource-types.ts';
import { userIdentityOf } from './user-identity.ts';

/** CloudTrail cuts both at a kilobyte. */
const longestText = 1024;

/** Of a change that the server did not live to see the end of. */
const outcomeUnknown = JSON.stringify({
  outcome: 'The server ended while this call was under way. What it had changed by then stays.',
});

/**
 * The text of a record, as CloudTrail writes it: one line of JSON. Put together by hand: what an answer waits for is built on the
 * main thread.
 */
export function recordText(record: AuditRecord, eventId: string, isNote = false): string {
  const { source, errorCode, errorMessage, resources, kind } = record;
  const isData = kind === 'data';
  return (
    `{"eventVersion":"1.11","userIdentity":${identityText(record)},"eventTime":"${timeText(record.time)}",` +
    `"eventSource":"${eventSourceOf(record.service)}","eventName":"${record.operation}","awsRegion":${text(record.region)},` +
    `"sourceIPAddress":${text(source.kind === 'network' ? source.address : source.service)},` +
    `"userAgent":${userAgentText(source)},` +
    (errorCode === undefined ? '' : `"errorCode":${text(errorCode)},`) +
    (errorMessage === undefined ? '' : `"errorMessage":${text(errorMessage)},`) +
    `"requestParameters":${membersText(record.parameters)},"responseElements":${membersText(record.answer)},` +
    (isNote ? `"additionalEventData":${outcomeUnknown},` : '') +
    `"requestID":"${record.requestId}","eventID":"${eventId}","readOnly":${record.readOnly},` +
    (resources.length === 0 ? '' : `"resources":${resourcesText(resources)},`) +
    `"eventType":"AwsApiCall","managementEvent":${!isData},"recipientAccountId":"${record.account}",` +
    `"eventCategory":"${isData ? 'Data' : 'Management'}"}`
  );
}

/** The host name that CloudTrail knows a service by. Our own has none at AWS. */
function eventSourceOf(service: string): string {
  return service === 'batchyard' ? service : `${service}.amazonaws.com`;
}

let second = Number.NaN;
let secondAsText = '';

function timeText(time: number): string {
  const whole = Math.floor(time / 1000);
  if (whole !== second) {
    second = whole;
    secondAsText = secondsText(time);
  }
  return secondAsText;
}

function text(value: string): string {
  return JSON.stringify(value.length > longestText ? value.slice(0, longestText).toWellFormed() : value);
}

function userAgentText(source: AuditRecord['source']): string {
  const agent = source.kind === 'network' ? source.userAgent : source.service;
  return agent === undefined ? 'null' : text(agent);
}

/** Principals are few, and each has one object for many calls. */
const identities = new WeakMap<object, string>();

function identityText({ principal, source }: AuditRecord): string {
  if (source.kind === 'service') return JSON.stringify(userIdentityOf(principal, source));
  const known = identities.get(principal);
  if (known !== undefined) return known;
  const built = JSON.stringify(userIdentityOf(principal, source));
  identities.set(principal, built);
  return built;
}

function membersText(members: Readonly<Record<string, unknown>> | undefined): string {
  if (members === undefined) return 'null';
  const written = JSON.stringify(smallMembers(members));
  return written === '{}' ? 'null' : written;
}

function hasCapital(members: object): boolean {
  for (const name in members) if (name >= 'A' && name < '[') return true;
  return false;
}

/**
 * Members with small first letters, as CloudTrail has them whatever a service's protocol says: those of the whole, and of
 * structures in lists. Keys of nested objects stay: they may be a user's.
 */
function smallMembers(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!hasCapital(members)) return members;
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      Array.isArray(value) ? value.map((each) => (isStructure(each) ? smallMembers(each) : each)) : value,
    ]),
  );
}

function isStructure(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Queues and definitions are named again and again; jobs are not. */
const described = new Map<string, string>();
const mostDescribed = 1024;

function resourcesText(resources: readonly string[]): string {
  return `[${resources.map(resourceText).join(',')}]`;
}

function resourceText(arn: string): string {
  const known = described.get(arn);
  if (known !== undefined) return known;
  const accountId = parseArn(arn)?.account;
  const type = resourceTypeOf(arn);
  const resource = { ...(accountId ? { accountId } : {}), ...(type === undefined ? {} : { type }), ARN: arn };
  const built = JSON.stringify(resource);
  if (described.size >= mostDescribed) described.clear();
  described.set(arn, built);
  return built;
}
