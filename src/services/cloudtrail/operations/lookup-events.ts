import { createHash } from 'node:crypto';
import type { LookupEventsCommandInput, LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import {
  type CloudTrailRecord,
  type LookupQuery,
  lookupAttributes,
  type Position,
  usernameOf,
} from '../../../audit/index.ts';
import { ServiceError } from '../../../core/errors.ts';
import { formatPageToken, parsePageToken } from '../../../core/page.ts';
import { cloudTrailOperation, requireRecords } from '../runtime.ts';

const mostResults = 50;

/** Seconds since 1970, until the year 9999. */
const epochSeconds = z
  .number()
  .min(0)
  .max(253_402_300_799)
  .transform((seconds) => new Date(seconds * 1000));

const schema = z.object({
  LookupAttributes: z
    .array(z.object({ AttributeKey: z.enum(lookupAttributes), AttributeValue: z.string().min(1).max(2000) }))
    .optional(),
  StartTime: epochSeconds.optional(),
  EndTime: epochSeconds.optional(),
  // Any of them is refused, in CloudTrail's own code.
  EventCategory: z.custom<'insight'>((value) => typeof value === 'string').optional(),
  MaxResults: z.int().optional(),
  NextToken: z.string().max(1000).optional(),
});
type Input = z.infer<typeof schema>;

export const lookupEvents = cloudTrailOperation<LookupEventsCommandInput, LookupEventsCommandOutput>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'cloudtrail:LookupEvents', resource: '*' }],
  handler: async (runtime, input, { region }) => {
    const { audit } = requireRecords(runtime);
    const query = queryOf(input, region);
    if (audit.isBusy) throw new ServiceError('ThrottlingException', 'Rate exceeded');
    const { records, next } = await audit.lookUp(query);
    return {
      Events: records.map(eventOf),
      ...(next && { NextToken: formatPageToken(tokenKind(query), { ...next }) }),
    };
  },
});

function queryOf(input: Input, region: string): LookupQuery {
  const { LookupAttributes = [], StartTime, EndTime, EventCategory, MaxResults = mostResults, NextToken } = input;
  if (EventCategory !== undefined)
    throw new ServiceError('InvalidEventCategoryException', `${EventCategory} is no category that is kept here.`);
  if (MaxResults < 1 || MaxResults > mostResults)
    throw new ServiceError('InvalidMaxResultsException', `MaxResults must be between 1 and ${mostResults}.`);
  if (LookupAttributes.length > 1)
    throw new ServiceError('InvalidLookupAttributesException', 'You can only specify one lookup attribute.');
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime)
    throw new ServiceError('InvalidTimeRangeException', 'The start time is after the end time.');
  const [attribute] = LookupAttributes;
  const query: LookupQuery = {
    region,
    category: 'Management',
    limit: MaxResults,
    ...(attribute && { attribute: { key: attribute.AttributeKey, value: attribute.AttributeValue } }),
    ...(StartTime !== undefined && { from: StartTime.getTime() }),
    ...(EndTime !== undefined && { to: EndTime.getTime() }),
  };
  return NextToken === undefined ? query : { ...query, before: placeIn(NextToken, query) };
}

/** A token goes with the parameters that it was given for. */
function tokenKind({ region, attribute, from, to }: LookupQuery): string {
  const asked = JSON.stringify([region, attribute, from, to]);
  return `events-${createHash('sha256').update(asked).digest('hex').slice(0, 16)}`;
}

function placeIn(token: string, query: LookupQuery): Position {
  const place = position.safeParse(parsePageToken(tokenKind(query), token));
  if (place.success) return place.data;
  throw new ServiceError('InvalidNextTokenException', 'Invalid token, or one that was given for other parameters.');
}

const count = z.int().min(0);
const position = z.object({ segment: count, block: count, record: count });

function eventOf(text: string) {
  const record = JSON.parse(text) as CloudTrailRecord;
  const { accessKeyId } = record.userIdentity;
  const username = usernameOf(record);
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    ...(accessKeyId !== undefined && { AccessKeyId: accessKeyId }),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    ...(username !== undefined && { Username: username }),
    Resources: (record.resources ?? []).map(({ type, ARN }) => ({
      ...(type !== undefined && { ResourceType: type }),
      ResourceName: ARN,
    })),
    CloudTrailEvent: text,
  };
}
