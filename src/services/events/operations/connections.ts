import type {
  CreateConnectionCommandInput,
  CreateConnectionCommandOutput,
  DeauthorizeConnectionCommandInput,
  DeauthorizeConnectionCommandOutput,
  DeleteConnectionCommandInput,
  DeleteConnectionCommandOutput,
  DescribeConnectionCommandInput,
  DescribeConnectionCommandOutput,
  ListConnectionsCommandInput,
  ListConnectionsCommandOutput,
  UpdateConnectionCommandInput,
  UpdateConnectionCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { present } from '../../../core/present.ts';
import { uuidV7 } from '../../../core/random.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { anyResource, connectionAccess } from '../access.ts';
import {
  authorizationTypes,
  type ConnectionRecord,
  connectionRecords,
  connectionStates,
  connectivity,
  createAuthSchema,
  type GivenAuth,
  hiddenMembers,
  readAuthorization,
  shownAuthorization,
  updateAuthSchema,
} from '../endpoints/index.ts';
import { connectionArn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { alreadyThere, invalid, noConnection, notBuilt, tooMany } from '../refusals.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';

/** AWS's own limit for an account in a region. */
const mostConnections = 3_000;

function access(action: string) {
  return ({ Name }: { readonly Name?: unknown }, scope: Scope): readonly AccessRequest[] =>
    connectionAccess(action, scope, textOf(Name) ?? '*');
}

function requireConnection({ connections }: EventsRuntime, scope: Scope, name: string): ConnectionRecord {
  return connections.find(scope, name) ?? noConnection(name);
}

/** What changes answer, and lists beside other members. */
function changed(connection: ConnectionRecord) {
  const { state, createdAt, changedAt, authorizedAt } = connection;
  return {
    ...{ ConnectionArn: connectionArn(connection, connection), ConnectionState: state },
    ...{ CreationTime: new Date(createdAt), LastModifiedTime: new Date(changedAt) },
    ...present({ LastAuthorizedTime: authorizedAt === undefined ? undefined : new Date(authorizedAt) }),
  };
}

function shown(connection: ConnectionRecord) {
  const { name, type, stateReason } = connection;
  return { Name: name, AuthorizationType: type, ...changed(connection), ...present({ StateReason: stateReason }) };
}

const settings = {
  Description: shapes.description.optional(),
  KmsKeyIdentifier: z.string().max(2048).optional(),
  InvocationConnectivityParameters: connectivity.optional(),
};

interface Given extends z.infer<z.ZodObject<typeof settings>> {
  readonly Name: string;
  readonly AuthorizationType?: ConnectionRecord['type'] | undefined;
  readonly AuthParameters?: GivenAuth | undefined;
}

const createSchema = z.object({
  Name: shapes.ownName,
  AuthorizationType: z.enum(authorizationTypes),
  AuthParameters: createAuthSchema,
  ...settings,
});

export const createConnection = eventsOperation<CreateConnectionCommandInput, CreateConnectionCommandOutput>()<
  z.infer<typeof createSchema>
>({
  schema: createSchema,
  readOnly: false,
  audit: { kind: 'management', hide: hiddenMembers },
  access: access('CreateConnection'),
  handler: (runtime, input, context) => {
    const { ledger, clock, random, connections } = runtime;
    if (connections.find(context, input.Name)) alreadyThere('Connection', input.Name);
    if (ledger.count(connectionRecords, scopeOf(context)) >= mostConnections) tooMany();
    const now = clock.now();
    const identity = { ...scopeOf(context), name: input.Name, id: uuidV7(now, random), createdAt: now };
    const connection = connectionOf(runtime, identity, input, undefined);
    ledger.transact((transaction) => connections.put(transaction, connection));
    return changed(connection);
  },
});

/** The connection as it is with what is given; what is not stays as it was. */
function connectionOf(
  { connections, clock }: EventsRuntime,
  identity: Pick<ConnectionRecord, 'name' | 'id' | 'createdAt'> & Scope,
  { AuthorizationType, AuthParameters, Description, KmsKeyIdentifier, ...given }: Given,
  before: ConnectionRecord | undefined,
): ConnectionRecord {
  const isPrivate = given.InvocationConnectivityParameters ?? AuthParameters?.ConnectivityParameters;
  if (isPrivate !== undefined) notBuilt('A connection to a private endpoint');
  const type = AuthorizationType ?? before?.type ?? 'API_KEY';
  const known = before && connections.open(before);
  const authorization =
    readAuthorization(type, AuthParameters ?? {}, known) ??
    invalid(`Parameter AuthParameters is not valid. Reason: it lacks what the authorization type ${type} needs.`);
  if (authorization.proof.type === 'OAUTH_CLIENT_CREDENTIALS') checkEndpoint(authorization.proof.endpoint);
  const changedAt = clock.now();
  const isAuthorized = type !== 'OAUTH_CLIENT_CREDENTIALS';
  return {
    ...identity,
    ...present({
      description: Description ?? before?.description,
      kmsKeyIdentifier: KmsKeyIdentifier ?? before?.kmsKeyIdentifier,
      authorizedAt: isAuthorized ? changedAt : undefined,
    }),
    ...{ type, state: isAuthorized ? 'AUTHORIZED' : 'AUTHORIZING', changedAt },
    sealed: connections.seal(identity, authorization),
  };
}

function checkEndpoint(text: string): void {
  if (!shapes.isEndpoint(text)) invalid('Parameter AuthorizationEndpoint is not valid. Reason: Must be a URL.');
}

const updateSchema = z.object({
  Name: shapes.ownName,
  AuthorizationType: z.enum(authorizationTypes).optional(),
  AuthParameters: updateAuthSchema.optional(),
  ...settings,
});

export const updateConnection = eventsOperation<UpdateConnectionCommandInput, UpdateConnectionCommandOutput>()<
  z.infer<typeof updateSchema>
>({
  schema: updateSchema,
  readOnly: false,
  audit: { kind: 'management', hide: hiddenMembers },
  access: access('UpdateConnection'),
  handler: (runtime, input, context) => {
    const before = requireConnection(runtime, context, input.Name);
    const connection = connectionOf(runtime, identityOf(before), input, before);
    runtime.ledger.transact((transaction) => runtime.connections.put(transaction, connection));
    return changed(connection);
  },
});

function identityOf({ account, region, name, id, createdAt }: ConnectionRecord) {
  return { account, region, name, id, createdAt };
}

const nameSchema = z.object({ Name: shapes.ownName });

export const describeConnection = eventsOperation<DescribeConnectionCommandInput, DescribeConnectionCommandOutput>()<
  z.infer<typeof nameSchema>
>({
  schema: nameSchema,
  readOnly: true,
  audit: 'management',
  access: access('DescribeConnection'),
  handler: (runtime, { Name }, context) => {
    const connection = requireConnection(runtime, context, Name);
    const { description, kmsKeyIdentifier } = connection;
    return {
      ...shown(connection),
      ...present({ Description: description, KmsKeyIdentifier: kmsKeyIdentifier }),
      AuthParameters: shownAuthorization(runtime.connections.open(connection)),
    };
  },
});

/** Forgets what the connection proved itself by; it stays, for another proof by UpdateConnection. */
export const deauthorizeConnection = eventsOperation<
  DeauthorizeConnectionCommandInput,
  DeauthorizeConnectionCommandOutput
>()<z.infer<typeof nameSchema>>({
  schema: nameSchema,
  readOnly: false,
  audit: 'management',
  access: access('DeauthorizeConnection'),
  handler: (runtime, { Name }, context) => {
    const { connections, clock, ledger } = runtime;
    const { stateReason: _reason, ...before } = requireConnection(runtime, context, Name);
    const sealed = connections.seal(before, { invocation: { headers: [], query: [], body: [] } });
    const connection: ConnectionRecord = { ...before, state: 'DEAUTHORIZED', changedAt: clock.now(), sealed };
    ledger.transact((transaction) => connections.put(transaction, connection));
    return changed(connection);
  },
});

/** API destinations that have it are INACTIVE from then on. */
export const deleteConnection = eventsOperation<DeleteConnectionCommandInput, DeleteConnectionCommandOutput>()<
  z.infer<typeof nameSchema>
>({
  schema: nameSchema,
  readOnly: false,
  audit: 'management',
  access: access('DeleteConnection'),
  handler: (runtime, { Name }, context) => {
    const connection = requireConnection(runtime, context, Name);
    runtime.ledger.transact((transaction) => runtime.connections.delete(transaction, connection));
    return { ...changed(connection), ConnectionState: 'DELETING' as const };
  },
});

const listSchema = z.object({
  NamePrefix: shapes.ownName.optional(),
  ConnectionState: z
    .enum([...connectionStates, 'ACTIVE', 'CREATING', 'UPDATING', 'DELETING', 'DEAUTHORIZING', 'FAILED_CONNECTIVITY'])
    .optional(),
  ...shapes.pageMembers,
});

export const listConnections = eventsOperation<ListConnectionsCommandInput, ListConnectionsCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListConnections'),
  handler: ({ ledger }, input, context) => {
    const { NamePrefix = '', ConnectionState } = input;
    const all = ledger
      .list(connectionRecords, scopeOf(context))
      .filter(({ name, state }) => name.startsWith(NamePrefix) && (ConnectionState ?? state) === state);
    const { items, next } = pageOf('connections', all, ({ name }) => name, input);
    return { Connections: items.map(shown), ...next };
  },
});
