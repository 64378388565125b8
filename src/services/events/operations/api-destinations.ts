import type {
  CreateApiDestinationCommandInput,
  CreateApiDestinationCommandOutput,
  DeleteApiDestinationCommandInput,
  DeleteApiDestinationCommandOutput,
  DescribeApiDestinationCommandInput,
  DescribeApiDestinationCommandOutput,
  ListApiDestinationsCommandInput,
  ListApiDestinationsCommandOutput,
  UpdateApiDestinationCommandInput,
  UpdateApiDestinationCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { present } from '../../../core/present.ts';
import { uuidV7 } from '../../../core/random.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { anyResource, connectionAccess, destinationAccess } from '../access.ts';
import {
  type ApiDestinationRecord,
  apiDestinationRecords,
  type ConnectionRecord,
  httpMethods,
} from '../endpoints/index.ts';
import { apiDestinationArn, connectionArn, nameIn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { alreadyThere, invalid, noApiDestination, noConnection, tooMany } from '../refusals.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';

/** AWS's own limits: for an account in a region, and of requests in a second. */
const mostDestinations = 3_000;
const usualRate = 300;

function access(action: string) {
  return ({ Name }: { readonly Name?: unknown }, scope: Scope): readonly AccessRequest[] =>
    destinationAccess(action, scope, textOf(Name) ?? '*');
}

function requireDestination({ ledger }: EventsRuntime, scope: Scope, name: string): ApiDestinationRecord {
  return ledger.get(apiDestinationRecords, scopeOf(scope), name) ?? noApiDestination(name);
}

function connectionOf({ connections }: EventsRuntime, destination: ApiDestinationRecord): ConnectionRecord | undefined {
  const found = connections.find(destination, destination.connection);
  return found?.id === destination.connectionId ? found : undefined;
}

function changed(runtime: EventsRuntime, destination: ApiDestinationRecord) {
  const isActive = connectionOf(runtime, destination)?.state === 'AUTHORIZED';
  return {
    ApiDestinationArn: apiDestinationArn(destination, destination),
    ApiDestinationState: isActive ? ('ACTIVE' as const) : ('INACTIVE' as const),
    ...{ CreationTime: new Date(destination.createdAt), LastModifiedTime: new Date(destination.changedAt) },
  };
}

function shown(runtime: EventsRuntime, destination: ApiDestinationRecord) {
  const { name, connection, connectionId: id, endpoint, method, ratePerSecond } = destination;
  return {
    ...{ Name: name, ...changed(runtime, destination) },
    ConnectionArn: connectionArn(destination, { name: connection, id }),
    ...{ InvocationEndpoint: endpoint, HttpMethod: method, InvocationRateLimitPerSecond: ratePerSecond },
  };
}

const settings = {
  Description: shapes.description.optional(),
  InvocationRateLimitPerSecond: z.int().min(1).max(usualRate).optional(),
};
const createSchema = z.object({
  Name: shapes.ownName,
  ConnectionArn: shapes.arn,
  InvocationEndpoint: z.string().min(1).max(2048),
  HttpMethod: z.enum(httpMethods),
  ...settings,
});

const updateSchema = createSchema.partial().required({ Name: true });
type Given = z.infer<typeof updateSchema>;

/** What is stored of what is given; what is not given is left out. */
function readSettings(runtime: EventsRuntime, scope: Scope, given: Given) {
  const { ConnectionArn: arn, InvocationEndpoint: endpoint, Description, HttpMethod } = given;
  if (endpoint !== undefined && !shapes.isEndpoint(endpoint)) {
    invalid('Parameter InvocationEndpoint is not valid. Reason: Must be a URL, with * in its path or query alone.');
  }
  const connection = arn === undefined ? undefined : connectionNamed(runtime, scope, arn);
  return present({
    ...{ description: Description, endpoint, method: HttpMethod },
    ...{ connection: connection?.name, connectionId: connection?.id },
    ratePerSecond: given.InvocationRateLimitPerSecond,
  });
}

function connectionNamed({ connections }: EventsRuntime, scope: Scope, arn: string): ConnectionRecord {
  const found = connections.find(scope, nameIn(scope, 'connection', arn) ?? '');
  return found && connectionArn(found, found) === arn ? found : noConnection(arn);
}

export const createApiDestination = eventsOperation<
  CreateApiDestinationCommandInput,
  CreateApiDestinationCommandOutput
>()<z.infer<typeof createSchema>>({
  schema: createSchema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => [
    ...access('CreateApiDestination')(input, context),
    ...connectionAccess(
      'CreateApiDestination',
      context,
      nameIn(context, 'connection', textOf(input.ConnectionArn) ?? '') ?? '*',
    ),
  ],
  handler: (runtime, input, context) => {
    const { ledger, clock, random } = runtime;
    const { Name: name, InvocationEndpoint: endpoint, HttpMethod: method, ConnectionArn } = input;
    if (ledger.get(apiDestinationRecords, scopeOf(context), name)) alreadyThere('ApiDestination', name);
    if (ledger.count(apiDestinationRecords, scopeOf(context)) >= mostDestinations) tooMany();
    const now = clock.now();
    const { name: connection, id: connectionId } = connectionNamed(runtime, context, ConnectionArn);
    const destination: ApiDestinationRecord = {
      ...scopeOf(context),
      ...{ name, id: uuidV7(now, random), connection, connectionId, endpoint, method },
      ...{ ratePerSecond: usualRate, createdAt: now, changedAt: now },
      ...readSettings(runtime, context, input),
    };
    ledger.transact((transaction) => transaction.put(apiDestinationRecords, destination));
    return changed(runtime, destination);
  },
});

export const updateApiDestination = eventsOperation<
  UpdateApiDestinationCommandInput,
  UpdateApiDestinationCommandOutput
>()<z.infer<typeof updateSchema>>({
  schema: updateSchema,
  readOnly: false,
  audit: 'management',
  access: access('UpdateApiDestination'),
  handler: (runtime, input, context) => {
    const before = requireDestination(runtime, context, input.Name);
    const own = readSettings(runtime, context, input);
    const destination: ApiDestinationRecord = { ...before, ...own, changedAt: runtime.clock.now() };
    runtime.ledger.transact((transaction) => transaction.put(apiDestinationRecords, destination));
    return changed(runtime, destination);
  },
});

const nameSchema = z.object({ Name: shapes.ownName });

export const describeApiDestination = eventsOperation<
  DescribeApiDestinationCommandInput,
  DescribeApiDestinationCommandOutput
>()<z.infer<typeof nameSchema>>({
  schema: nameSchema,
  readOnly: true,
  audit: 'management',
  access: access('DescribeApiDestination'),
  handler: (runtime, { Name }, context) => {
    const destination = requireDestination(runtime, context, Name);
    return { ...shown(runtime, destination), ...present({ Description: destination.description }) };
  },
});

/** What still waits for it goes to dead-letter queues. */
export const deleteApiDestination = eventsOperation<
  DeleteApiDestinationCommandInput,
  DeleteApiDestinationCommandOutput
>()<z.infer<typeof nameSchema>>({
  schema: nameSchema,
  readOnly: false,
  audit: 'management',
  access: access('DeleteApiDestination'),
  handler: (runtime, { Name }, context) => {
    const { name } = requireDestination(runtime, context, Name);
    runtime.ledger.transact((transaction) => transaction.delete(apiDestinationRecords, scopeOf(context), name));
    return {};
  },
});

const listSchema = z.object({
  NamePrefix: shapes.ownName.optional(),
  ConnectionArn: shapes.arn.optional(),
  ...shapes.pageMembers,
});

export const listApiDestinations = eventsOperation<ListApiDestinationsCommandInput, ListApiDestinationsCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListApiDestinations'),
  handler: (runtime, input, context) => {
    const { NamePrefix = '', ConnectionArn } = input;
    const all = runtime.ledger
      .list(apiDestinationRecords, scopeOf(context))
      .filter(({ name }) => name.startsWith(NamePrefix))
      .filter(
        ({ connection: name, connectionId: id }) =>
          ConnectionArn === undefined || connectionArn(context, { name, id }) === ConnectionArn,
      );
    const { items, next } = pageOf('api-destinations', all, ({ name }) => name, input);
    return { ApiDestinations: items.map((each) => shown(runtime, each)), ...next };
  },
});
