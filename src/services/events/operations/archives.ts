import type {
  CreateArchiveCommandInput,
  CreateArchiveCommandOutput,
  DeleteArchiveCommandInput,
  DeleteArchiveCommandOutput,
  DescribeArchiveCommandInput,
  DescribeArchiveCommandOutput,
  ListArchivesCommandInput,
  ListArchivesCommandOutput,
  UpdateArchiveCommandInput,
  UpdateArchiveCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { present } from '../../../core/present.ts';
import { uuidV7 } from '../../../core/random.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { anyResource } from '../access.ts';
import { type EventArchiveRecord, eventArchiveRecords } from '../archives/index.ts';
import { requireBus } from '../buses.ts';
import { parseEventPattern } from '../event-pattern.ts';
import { archiveArn, busArn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { alreadyThere, invalid, noArchive, tooMany } from '../refusals.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';

/** Of an account in a region. */
const mostArchives = 100;
/** AWS names no number: a century. */
const mostDays = 36_500;

function access(action: string) {
  return ({ ArchiveName }: { readonly ArchiveName?: unknown }, scope: Scope): readonly AccessRequest[] => [
    { action: `events:${action}`, resource: archiveArn(scope, textOf(ArchiveName) ?? '*') },
  ];
}

const settings = {
  Description: shapes.description.optional(),
  EventPattern: z.string().max(4096).optional(),
  RetentionDays: z.int().min(0).max(mostDays).optional(),
  KmsKeyIdentifier: z.string().max(2048).optional(),
};
type Settings = z.infer<z.ZodObject<typeof settings>>;

/** What a caller says of an archive; an empty pattern is none. */
function readSettings({ Description, EventPattern, RetentionDays, KmsKeyIdentifier }: Settings) {
  if (EventPattern) parseEventPattern(EventPattern);
  return present({
    description: Description,
    eventPattern: EventPattern || undefined,
    retentionDays: RetentionDays,
    kmsKeyIdentifier: KmsKeyIdentifier,
  });
}

export function requireArchive({ ledger }: EventsRuntime, scope: Scope, name: string): EventArchiveRecord {
  return ledger.get(eventArchiveRecords, scopeOf(scope), name) ?? noArchive(name);
}

function changed(scope: Scope, { name, createdAt }: EventArchiveRecord) {
  return { ArchiveArn: archiveArn(scope, name), State: 'ENABLED' as const, CreationTime: new Date(createdAt) };
}

/** As lists tell of it. */
function shown(runtime: EventsRuntime, archive: EventArchiveRecord) {
  const { events, bytes } = runtime.archives.totalOf(archive);
  const failure = runtime.archives.failureOf(archive);
  return {
    ArchiveName: archive.name,
    EventSourceArn: busArn(archive, archive.bus),
    State: 'ENABLED' as const,
    ...present({ StateReason: failure === undefined ? undefined : `Events are missing: ${failure}` }),
    ...{ RetentionDays: archive.retentionDays, SizeBytes: bytes, EventCount: events },
    CreationTime: new Date(archive.createdAt),
  };
}

const createSchema = z.object({ ArchiveName: shapes.archiveName, EventSourceArn: shapes.arn, ...settings });

export const createArchive = eventsOperation<CreateArchiveCommandInput, CreateArchiveCommandOutput>()<
  z.infer<typeof createSchema>
>({
  schema: createSchema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => [
    ...access('CreateArchive')(input, context),
    { action: 'events:CreateArchive', resource: busArn(context, textOf(input.EventSourceArn)) },
  ],
  handler: (runtime, input, context) => {
    const { ledger, clock, random, archives } = runtime;
    const { ArchiveName: name, EventSourceArn } = input;
    if (!EventSourceArn.startsWith('arn:')) invalid('Parameter EventSourceArn is not valid. Reason: Must be an ARN.');
    const bus = requireBus(ledger, context, EventSourceArn);
    if (ledger.get(eventArchiveRecords, scopeOf(context), name)) alreadyThere('Archive', name);
    if (ledger.count(eventArchiveRecords, scopeOf(context)) >= mostArchives) tooMany();
    const createdAt = clock.now();
    const own = { name, id: uuidV7(createdAt, random), bus, retentionDays: 0, createdAt };
    const archive: EventArchiveRecord = { ...scopeOf(context), ...own, ...readSettings(input) };
    ledger.transact((transaction) => archives.put(transaction, archive));
    return changed(context, archive);
  },
});

const updateSchema = z.object({ ArchiveName: shapes.archiveName, ...settings });

/** What is not given stays as it is; what is in the archive already does, too. */
export const updateArchive = eventsOperation<UpdateArchiveCommandInput, UpdateArchiveCommandOutput>()<
  z.infer<typeof updateSchema>
>({
  schema: updateSchema,
  readOnly: false,
  audit: 'management',
  access: access('UpdateArchive'),
  handler: (runtime, input, context) => {
    const before = requireArchive(runtime, context, input.ArchiveName);
    const archive = { ...before, ...readSettings(input) };
    runtime.ledger.transact((transaction) => runtime.archives.put(transaction, archive));
    return changed(context, archive);
  },
});

const nameSchema = z.object({ ArchiveName: shapes.archiveName });

export const describeArchive = eventsOperation<DescribeArchiveCommandInput, DescribeArchiveCommandOutput>()<
  z.infer<typeof nameSchema>
>({
  schema: nameSchema,
  readOnly: true,
  audit: 'management',
  access: access('DescribeArchive'),
  handler: (runtime, { ArchiveName }, context) => {
    const archive = requireArchive(runtime, context, ArchiveName);
    const { description, eventPattern, kmsKeyIdentifier } = archive;
    return {
      ArchiveArn: archiveArn(context, ArchiveName),
      ...shown(runtime, archive),
      ...present({ Description: description, EventPattern: eventPattern, KmsKeyIdentifier: kmsKeyIdentifier }),
    };
  },
});

export const deleteArchive = eventsOperation<DeleteArchiveCommandInput, DeleteArchiveCommandOutput>()<
  z.infer<typeof nameSchema>
>({
  schema: nameSchema,
  readOnly: false,
  audit: 'management',
  access: access('DeleteArchive'),
  handler: (runtime, { ArchiveName }, context) => {
    const archive = requireArchive(runtime, context, ArchiveName);
    runtime.ledger.transact((transaction) => runtime.archives.delete(transaction, archive));
    return {};
  },
});

const listSchema = z.object({
  NamePrefix: z.string().min(1).max(48).optional(),
  EventSourceArn: shapes.arn.optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'CREATING', 'UPDATING', 'CREATE_FAILED', 'UPDATE_FAILED']).optional(),
  ...shapes.pageMembers,
});

export const listArchives = eventsOperation<ListArchivesCommandInput, ListArchivesCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListArchives'),
  handler: (runtime, input, context) => {
    const { NamePrefix = '', EventSourceArn, State = 'ENABLED' } = input;
    const filters = [input.NamePrefix, EventSourceArn, input.State].filter((each) => each !== undefined);
    if (filters.length > 1) {
      invalid('At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.');
    }
    const all = runtime.ledger
      .list(eventArchiveRecords, scopeOf(context))
      .filter((archive) => archive.name.startsWith(NamePrefix) && State === 'ENABLED')
      .filter(({ bus }) => EventSourceArn === undefined || busArn(context, bus) === EventSourceArn);
    const { items, next } = pageOf('archives', all, ({ name }) => name, input);
    return { Archives: items.map((archive) => shown(runtime, archive)), ...next };
  },
});
