import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { findExcess } from '../../../core/json-structure.ts';
import type { AccessRequest, RefusedEntries, RequestContext } from '../../../core/operation.ts';
import { uuidV7 } from '../../../core/random.ts';
import { structuresOf, textOf } from '../../../core/unvalidated.ts';
import type { BusEventFact } from '../../../store/index.ts';
import { busAccess } from '../access.ts';
import { busRecord, hasBus } from '../buses.ts';
import { busArn, busNameIn, busPlace } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { invalid, notBuilt } from '../refusals.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';

const mostEntries = 10;
/** All entries together may have so many bytes (256 KiB until 2025). */
const mostBytes = 1_048_576;
/** How deep what is in `detail` may be nested, and how much of it there may be: AWS says no number. */
const detailLimits = { depth: 500, values: 100_000 };

const entry = z.object({
  Time: shapes.time.optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string().max(2048)).max(1000).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: shapes.eventBus.optional(),
  TraceHeader: z.string().max(500).optional(),
});
type Entry = z.infer<typeof entry>;

const schema = z.object({ Entries: z.array(entry).min(1).max(mostEntries), EndpointId: z.string().optional() });

/** Puts events on buses: each of the entries by itself. Answers once they are durable. */
export const putEvents = eventsOperation<PutEventsCommandInput, PutEventsCommandOutput>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: { kind: 'data', hide: ['Detail'] },
  maxBody: 8 * mostBytes,
  access: ({ Entries }, context, runtime) => {
    const given = structuresOf(Entries).slice(0, mostEntries);
    // What has no entries hangs on one answer as a whole.
    if (given.length === 0) return busAccess('PutEvents', context, undefined, runtime);
    return given.map((each) => entryAccess(each, context, runtime));
  },
  handler: (runtime, { Entries, EndpointId }, context, refused) => {
    if (EndpointId !== undefined) notBuilt('PutEvents to a global endpoint');
    checkAll(Entries);
    const read = Entries.map((each) => readEntry(runtime, context, each, refused));
    const facts = read.flatMap((each) => ('fact' in each && isWanted(runtime, each.fact) ? [each.fact] : []));
    if (facts.length > 0) {
      runtime.ledger.transact((transaction) => {
        for (const fact of facts) runtime.facts.append(transaction, fact);
      });
    }
    return {
      FailedEntryCount: read.filter((each) => 'failure' in each).length,
      Entries: read.map((each) => ('fact' in each ? { EventId: each.fact.eventId } : each.failure)),
    };
  },
});

/** An event that neither a rule nor an archive could take is not stored. */
function isWanted({ index, archives }: EventsRuntime, fact: BusEventFact): boolean {
  const { bus, source, detailType } = fact;
  return index.waits(fact, bus, source, detailType) || archives.index.waits(fact, bus, source, detailType);
}

function entryAccess(
  given: Readonly<Record<string, unknown>>,
  context: RequestContext,
  { ledger }: EventsRuntime,
): AccessRequest {
  const resource = busArn(context, textOf(given.EventBusName));
  const source = textOf(given.Source);
  const type = textOf(given.DetailType);
  const conditions = {
    ...(source === undefined ? {} : { 'events:source': source }),
    ...(type === undefined ? {} : { 'events:detail-type': type }),
  };
  const place = busPlace(resource);
  const policy = place && busRecord(ledger, place, place.name).policy;
  return {
    ...{ action: 'events:PutEvents', resource, conditions, entry: entryKey(resource, source, type) },
    ...(policy !== undefined && { resourcePolicy: policy }),
  };
}

/** What the answer about an entry hangs on. */
function entryKey(resource: string, source: string | undefined, type: string | undefined): string {
  return JSON.stringify([resource, source, type]);
}

/** What is wrong with all of them. */
function checkAll(entries: readonly Entry[]): void {
  const size = entries.reduce((sum, each) => sum + sizeOf(each), 0);
  if (size > mostBytes) {
    invalid(`Total size of the entries in the request is over the limit.`);
  }
  const isEmpty = ({ Source, DetailType, Detail }: Entry) => !Source && !DetailType && !Detail;
  if (entries.every(isEmpty)) {
    invalid('Parameter(s) Source, DetailType and Detail are required in at least one of the entries.');
  }
}

/** As AWS counts. */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

type Read =
  | { readonly fact: BusEventFact }
  | { readonly failure: { readonly ErrorCode: string; readonly ErrorMessage: string } };

function failure(ErrorCode: string, ErrorMessage: string): Read {
  return { failure: { ErrorCode, ErrorMessage } };
}

function readEntry(
  { ledger, clock, random }: EventsRuntime,
  context: RequestContext,
  given: Entry,
  refused: RefusedEntries,
): Read {
  const { Source: source, DetailType: detailType, Detail: detail, Resources = [], Time, EventBusName } = given;
  const denied = refused.get(entryKey(busArn(context, EventBusName), source, detailType));
  if (denied !== undefined) return failure('AccessDeniedException', denied);
  const bus = busNameIn(context, EventBusName);
  if (!source)
    return failure('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!detailType) {
    return failure('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  }
  if (!detail)
    return failure('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (detailType.length > 128) return failure('InvalidArgument', 'Parameter DetailType is longer than 128 characters.');
  if (source.length > 256) return failure('InvalidArgument', 'Parameter Source is longer than 256 characters.');
  if (/^(aws|batchyard)\./i.test(source)) {
    return failure('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  if (!isObjectText(detail)) return failure('MalformedDetail', 'Detail is malformed.');
  if (bus === undefined || !hasBus(ledger, context, bus)) {
    return failure('InvalidArgument', `Event bus ${EventBusName} does not exist.`);
  }
  const at = clock.now();
  const common = { eventId: uuidV7(at, random), bus, source, detailType, time: (Time ?? new Date(at)).getTime() };
  return { fact: { ...scopeOf(context), kind: 'busEvent', at, ...common, resources: Resources, detail } };
}

function isObjectText(text: string): boolean {
  if (findExcess(Buffer.from(text), detailLimits)) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
