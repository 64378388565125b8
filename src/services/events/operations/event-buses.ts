import type {
  CreateEventBusCommandInput,
  CreateEventBusCommandOutput,
  DeleteEventBusCommandInput,
  DeleteEventBusCommandOutput,
  DescribeEventBusCommandInput,
  DescribeEventBusCommandOutput,
  ListEventBusesCommandInput,
  ListEventBusesCommandOutput,
  UpdateEventBusCommandInput,
  UpdateEventBusCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { present } from '../../../core/present.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { anyResource, busAccess } from '../access.ts';
import { eventArchiveRecords } from '../archives/index.ts';
import { busRecord, hasBus, mostBuses, requireBus } from '../buses.ts';
import { busArn, busNameIn, defaultBus } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { type EventBusRecord, eventBusRecords, eventRuleRecords } from '../records.ts';
import { busExists, invalid, notBuilt, tooMany } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { readTags, tagList } from '../tags.ts';

/** What lists and descriptions tell of a bus. */
function shown(scope: Scope, { name, description, policy, createdAt, changedAt }: EventBusRecord) {
  const times = createdAt === 0 ? {} : { CreationTime: new Date(createdAt), LastModifiedTime: new Date(changedAt) };
  return { Name: name, Arn: busArn(scope, name), ...present({ Description: description, Policy: policy }), ...times };
}

const listSchema = z.object({ NamePrefix: shapes.busNamePrefix.optional(), ...shapes.pageMembers });

export const listEventBuses = eventsOperation<ListEventBusesCommandInput, ListEventBusesCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListEventBuses'),
  handler: ({ ledger }, input, context) => {
    const own = ledger.list(eventBusRecords, context).filter(({ name }) => name !== defaultBus);
    const all = [busRecord(ledger, context, defaultBus), ...own];
    const buses = all.filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { items, next } = pageOf('event-buses', buses, ({ name }) => name, input);
    return { EventBuses: items.map((bus) => shown(context, bus)), ...next };
  },
});

const describeSchema = z.object({ Name: shapes.eventBus.optional() });

export const describeEventBus = eventsOperation<DescribeEventBusCommandInput, DescribeEventBusCommandOutput>()<
  z.infer<typeof describeSchema>
>({
  schema: describeSchema,
  readOnly: true,
  audit: 'management',
  access: ({ Name }, context, runtime) => busAccess('DescribeEventBus', context, Name, runtime),
  handler: ({ ledger }, { Name }, context) => {
    const bus = busRecord(ledger, context, requireBus(ledger, context, Name));
    return { ...shown(context, bus), ...settingsOf(bus) };
  },
});

const settings = {
  Description: shapes.description.optional(),
  KmsKeyIdentifier: z.string().max(2048).optional(),
  DeadLetterConfig: z.object({ Arn: shapes.arn.optional() }).optional(),
  LogConfig: z.object({}).optional(),
};
type Settings = z.infer<z.ZodObject<typeof settings>>;

function storedSettings({ Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig }: Settings) {
  if (LogConfig !== undefined) notBuilt('LogConfig of an event bus');
  const given = { description: Description, kmsKeyIdentifier: KmsKeyIdentifier, deadLetterArn: DeadLetterConfig?.Arn };
  return present(given);
}

function settingsOf({ description, kmsKeyIdentifier, deadLetterArn }: EventBusRecord) {
  return present({
    Description: description,
    KmsKeyIdentifier: kmsKeyIdentifier,
    DeadLetterConfig: deadLetterArn === undefined ? undefined : { Arn: deadLetterArn },
  });
}

const createSchema = z.object({
  Name: shapes.newBusName,
  EventSourceName: z.string().optional(),
  Tags: tagList.optional(),
  ...settings,
});

export const createEventBus = eventsOperation<CreateEventBusCommandInput, CreateEventBusCommandOutput>()<
  z.infer<typeof createSchema>
>({
  schema: createSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, Tags }, context, runtime) =>
    busAccess('CreateEventBus', context, Name, runtime).map((each) => ({
      ...each,
      conditions: { ...each.conditions, ...givenTagConditions(Tags) },
    })),
  handler: ({ ledger, clock }, input, context) => {
    const { Name: name } = input;
    if (input.EventSourceName !== undefined) notBuilt('CreateEventBus of a partner event source');
    if (hasBus(ledger, context, name)) busExists(name);
    if (ledger.count(eventBusRecords, context) >= mostBuses) tooMany();
    const now = clock.now();
    const own = { ...storedSettings(input), tags: readTags(input.Tags), createdAt: now, changedAt: now };
    const bus: EventBusRecord = { ...scopeOf(context), name, ...own };
    ledger.transact((transaction) => transaction.put(eventBusRecords, bus));
    return { EventBusArn: busArn(context, name), ...settingsOf(bus) };
  },
});

const updateSchema = z.object({ Name: shapes.eventBus.optional(), ...settings });

/** What is not given stays as it is. */
export const updateEventBus = eventsOperation<UpdateEventBusCommandInput, UpdateEventBusCommandOutput>()<
  z.infer<typeof updateSchema>
>({
  schema: updateSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context, runtime) => busAccess('UpdateEventBus', context, Name, runtime),
  handler: ({ ledger, clock }, input, context) => {
    const name = requireBus(ledger, context, input.Name);
    const before = busRecord(ledger, context, name);
    const now = clock.now();
    const bus = { ...before, ...storedSettings(input), createdAt: before.createdAt || now, changedAt: now };
    ledger.transact((transaction) => transaction.put(eventBusRecords, bus));
    return { Arn: busArn(context, name), Name: name, ...settingsOf(bus) };
  },
});

const deleteSchema = z.object({ Name: shapes.eventBus });

/** A bus that is not there is none to delete: no error. */
export const deleteEventBus = eventsOperation<DeleteEventBusCommandInput, DeleteEventBusCommandOutput>()<
  z.infer<typeof deleteSchema>
>({
  schema: deleteSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context, runtime) => busAccess('DeleteEventBus', context, Name, runtime),
  handler: ({ ledger }, { Name }, context) => {
    const name = busNameIn(context, Name);
    if (name === defaultBus) invalid('Cannot delete event bus default.');
    if (name === undefined || !hasBus(ledger, context, name)) return {};
    const isUsed = [eventRuleRecords, eventArchiveRecords].some(
      (type) => ledger.countBy(type, context, 'bus', name) > 0,
    );
    if (isUsed) {
      invalid("Event bus can't be deleted since it has rules.");
    }
    ledger.transact((transaction) => transaction.delete(eventBusRecords, context, name));
    return {};
  },
});
