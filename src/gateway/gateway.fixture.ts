import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { type Clock, ManualClock } from '../core/clock.ts';
import { CommitFailed, InvariantViolation, ServiceError } from '../core/errors.ts';
import type { AccountId, Arn, Region } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { defineOperation, type RequestContext, type ServiceDefinition, unbuilt } from '../core/operation.ts';
import { SystemRandom } from '../core/random.ts';
import { textOf } from '../core/unvalidated.ts';
import {
  Authority,
  type Credentials,
  compilePolicy,
  type HttpMessage,
  InstallationCredentials,
  readPolicy,
  Sessions,
  type StoredRole,
  signRequest,
} from '../iam/index.ts';
import { createSts } from '../services/sts/index.ts';
import { createGateway, type Gateway, type GatewayAddress } from './gateway.ts';
import { OperationRegistry } from './operation-registry.ts';
import type { GatewayOptions } from './options.ts';

export const account = '123456789012' as AccountId;
export const rootKey = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'root-secret' };
export const sessions = new Sessions(rootKey.secretAccessKey, new SystemRandom());
export const credentials = new InstallationCredentials(account, rootKey, {
  sessions,
  tasks: { isHeld: () => true },
  users: { lookup: () => ({ kind: 'unknown' }), used: () => {} },
});

/** A role that the account may assume, root too. */
const render: StoredRole = {
  arn: 'arn:aws:iam::123456789012:role/teams/render' as Arn,
  uniqueId: 'AROARENDERRENDERRENDE',
  tags: new Map(),
  policies: [],
  trust: trustOfAccount(),
  maxSessionDuration: 43_200,
};

function trustOfAccount() {
  const Action = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  const statement = { Effect: 'Allow', Principal: { AWS: account }, Action };
  const reading = readPolicy(JSON.stringify({ Statement: statement }), 'trust');
  if (reading.kind !== 'policy') throw new Error(reading.message);
  return compilePolicy(reading.document, 'trust');
}

/** Decides where one role is all that is stored. */
function knowing(role: StoredRole): Authority {
  const byName = (name: string) => (role.arn.endsWith(`/${name}`) ? role : undefined);
  const none = () => undefined;
  return new Authority({
    reads: { generation: () => 0, user: none, managedPolicy: none, role: (_account, name) => byName(name) },
  });
}

/** Operations that show, one each, what a handler may do. */
export interface ToyHooks {
  /** What the handler of Wait waits for. */
  wait(context: RequestContext): Promise<unknown>;
  /** What Tail tells. */
  tail(context: RequestContext): AsyncIterable<object>;
}

const echoInput = z.object({
  name: z
    .string()
    .min(1)
    .max(8)
    .regex(/^[a-z]+$/)
    .optional(),
  size: z.number().int().min(1).max(10).optional(),
  kind: z.enum(['small', 'large']).optional(),
  items: z
    .array(z.object({ key: z.string().max(3) }))
    .max(3)
    .optional(),
  tags: z.record(z.string(), z.string()).optional(),
  nested: z.unknown().optional(),
});

function operations(prefix: string, hooks: ToyHooks) {
  const access = (name: string) => () => [{ action: `${prefix}:${name}`, resource: '*' }];
  return {
    Echo: defineOperation<object, object>()({
      schema: echoInput,
      readOnly: true,
      audit: 'management',
      access: access('Echo'),
      handler: (input, { principal, region, account, requestId }) => ({
        input,
        arn: principal.arn,
        region,
        account,
        requestId,
        date: new Date(1_700_000_000_500),
        blob: Uint8Array.of(1, 2, 3),
        empty: undefined,
      }),
    }),
    Fail: defineOperation<{ how?: string }, object>()({
      schema: z.object({ how: z.string() }),
      readOnly: false,
      audit: 'management',
      access: access('Fail'),
      handler: ({ how }) => {
        if (how === 'files') throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
        if (how === 'impossible') throw new InvariantViolation('one and one is three');
        if (how === 'bug') throw new TypeError('secret internals');
        if (how === 'commit') throw new CommitFailed('failed', 'the disk said no');
        const options = { status: how === 'conflict' ? 409 : 404, members: { resource: 'r-1' } };
        throw new ServiceError('ThingNotFoundException', `No <thing> & "${how}"`, options);
      },
    }),
    Wait: defineOperation<object, object>()({
      schema: z.object({}),
      readOnly: true,
      audit: 'management',
      access: access('Wait'),
      handler: async (_input, context) => ({ waited: await hooks.wait(context) }),
    }),
    Tail: defineOperation<object, object>()({
      schema: z.object({}),
      readOnly: true,
      audit: 'management',
      eventStream: 'events',
      access: access('Tail'),
      handler: (_input, context) => ({ kind: 'toy', events: hooks.tail(context) }),
    }),
    Later: unbuilt,
  };
}

function toyServices(hooks: ToyHooks): ServiceDefinition[] {
  const toy: ServiceDefinition = {
    name: 'batch',
    apiVersion: '2016-08-10',
    protocol: {
      kind: 'restJson1',
      bindings: {
        Echo: { method: 'POST', path: '/v1/echo' },
        Fail: { method: 'POST', path: '/v1/fail' },
        Wait: { method: 'POST', path: '/v1/wait' },
        Tail: { method: 'POST', path: '/v1/tail' },
        Later: { method: 'POST', path: '/v1/later' },
        GetThing: {
          method: 'GET',
          path: '/v1/things/{thingArn}',
          query: { tagKeys: { member: 'keys', list: true }, all: { member: 'all' } },
        },
        DeleteThing: { method: 'DELETE', path: '/v1/things/{thingArn}' },
      },
    },
    errors: { validation: 'ClientException', internal: 'ServerException' },
    operations: {
      ...operations('batch', hooks),
      GetThing: thing('GetThing'),
      DeleteThing: thing('DeleteThing'),
    },
  };
  const ledger: ServiceDefinition = {
    name: 'logs',
    apiVersion: '2014-03-28',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'Logs_20140328' },
    errors: { validation: 'InvalidParameterException', internal: 'ServiceUnavailableException' },
    operations: operations('logs', hooks),
  };
  const form: ServiceDefinition = {
    name: 'sns',
    apiVersion: '2010-03-31',
    protocol: { kind: 'awsQuery', xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
    errors: { validation: 'InvalidParameter', internal: 'InternalError' },
    operations: operations('sns', hooks),
  };
  const meter: ServiceDefinition = {
    name: 'meter',
    apiVersion: '2010-08-01',
    protocol: { kind: 'awsJson1.0', targetPrefix: 'Meter_20100801' },
    otherProtocols: [
      { kind: 'rpcv2Cbor', serviceName: 'Meter_20100801' },
      { kind: 'awsQuery', xmlNamespace: 'http://meter.amazonaws.com/doc/2010-08-01/' },
    ],
    errors: {
      validation: 'ValidationError',
      internal: 'InternalServiceFault',
      query: { ThingNotFoundException: ['NoSuchThing', 404] },
    },
    operations: operations('meter', hooks),
  };
  return [toy, ledger, form, meter, createSts({ sessions, authority: knowing(render) }) as ServiceDefinition];
}

function thing(name: string) {
  return defineOperation<object, object>()({
    schema: z.object({ thingArn: z.string(), keys: z.array(z.string()).optional(), all: z.string().optional() }),
    readOnly: name === 'GetThing',
    audit: 'management',
    access: ({ thingArn }: { readonly thingArn?: unknown }) => [
      { action: `batch:${name}`, resource: textOf(thingArn) ?? '*' },
    ],
    handler: (input) => ({ name, ...input }),
  });
}

/** A running gateway with toy services, and all that it wrote down. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly address: GatewayAddress;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly logged: { level: string; details: Record<string, unknown>; message: string }[];
  readonly hooks: ToyHooks;
  /** Signs and sends a request; the body is JSON unless it is text. */
  call(request: CallRequest): Promise<Response>;
  send(request: SendRequest): Promise<Response>;
}

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Buffer;
}

export interface SendRequest {
  readonly method?: string;
  /** Path and query. */
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export interface CallRequest extends SendRequest {
  readonly service?: string;
  readonly region?: string;
  readonly credentials?: Credentials;
}

export async function startGateway(changes: Partial<GatewayOptions> = {}, port = 0): Promise<RunningGateway> {
  const logged: RunningGateway['logged'] = [];
  const hooks: ToyHooks = { wait: async () => 'nothing', tail: async function* nothing() {} };
  const clock = changes.clock ?? new ManualClock();
  const metrics = changes.metrics ?? new Registry();
  const gateway = createGateway({
    registry: new OperationRegistry(
      toyServices({ wait: (context) => hooks.wait(context), tail: (context) => hooks.tail(context) }),
    ),
    credentials,
    authMode: 'sigv4',
    account,
    defaultRegion: 'us-east-1' as Region,
    clock,
    random: new SystemRandom(),
    settled: async () => {},
    readable: async () => {},
    readiness: () => ({ ready: true }),
    onInternalError: () => {},
    logger: recordingLogger(logged),
    metrics,
    ...changes,
  });
  const address = await gateway.listen({ host: '127.0.0.1', port });
  const send = (request: SendRequest) => sendHttp(address.port, request);
  const call = (request: CallRequest) => send({ ...request, headers: sign(request, address.port, clock.now()) });
  return { gateway, address, clock, metrics, logged, hooks, call, send };
}

/** The signed headers of `call`. */
export function sign(request: CallRequest, port: number, now: number): Record<string, string> {
  const [path = '/', query = ''] = request.target.split('?');
  const message: HttpMessage = {
    method: request.method ?? 'POST',
    path,
    query,
    headers: { host: `127.0.0.1:${port}`, ...request.headers },
    body: request.body ?? '',
  };
  const { credentials: signer = rootKey, region = 'eu-west-1', service = 'batch' } = request;
  return signRequest(message, { credentials: signer, region, service, now });
}

/** The head of a signed request as it travels; `more` headers are not signed. */
export function rawHead(
  { address, clock }: Pick<RunningGateway, 'address' | 'clock'>,
  call: CallRequest,
  more: Readonly<Record<string, string>>,
): string {
  const headers = { ...sign(call, address.port, clock.now()), ...more };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${[`${call.method ?? 'POST'} ${call.target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** Sends one request over a connection of its own, and reads the whole answer. */
export function sendHttp(port: number, { method = 'POST', target, headers, body }: SendRequest): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const agent = new Agent();
  const request = httpRequest({ host: '127.0.0.1', port, method, path: target, headers: headers ?? {}, agent });
  request.on('error', reject);
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      agent.destroy();
      const { statusCode: status = 0, headers } = response;
      const bytes = Buffer.concat(chunks);
      resolve({ status, headers, body: bytes.toString(), bytes });
    });
  });
  request.end(body);
  return promise;
}

/** Writes bytes to a connection and reads until the server closes it. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', reject);
  socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  return promise;
}

/** Notes what is logged. */
export function recordingLogger(logged: RunningGateway['logged']): Logger {
  const at = (level: string) => (details: object, message: string) => {
    logged.push({ level, details: { ...details }, message });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
